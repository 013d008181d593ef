/*
 * The simulator's loop: one poll(2) for the listener, the signals and every connection.
 */
#ifndef SIMULATOR_SERVER_H
#define SIMULATOR_SERVER_H

#include "base/clock.h"
#include "simulator/simulator.h"

/*
 * Serve `listener` (which must not block) until `signals`, a signalfd, becomes readable; answers
 * the number of that signal, or 0 when poll(2) itself failed.
 */
int server_run(int listener, int signals, const struct simulator_options *options,
               const struct clock *clock);

#endif
