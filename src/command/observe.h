/*
 * `simulate --observe`: serve, watch who asks, run the application for each scenario, report.
 */
#ifndef COMMAND_OBSERVE_H
#define COMMAND_OBSERVE_H

#include "simulator/simulator.h"

struct options;

/* Answers the exit status. `settings->scenario` is read from the options here. */
int observe_run(const struct options *options, const struct simulator_options *settings);

#endif
