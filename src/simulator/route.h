/*
 * Which scene answers a request (cometapi.md "Endpoints", "Errors").
 */
#ifndef SIMULATOR_ROUTE_H
#define SIMULATOR_ROUTE_H

#include "simulator/ask.h"
#include "simulator/request.h"
#include "simulator/scene.h"

struct route {
    const char *key;             /* the one accepted; NULL: any `sk-…` */
    const struct scene *setting; /* chosen for all that follows; NULL: none */
    uint64_t served;             /* requests besides those to the control path */
};

/*
 * Fills `ask` (which the caller releases) and answers the scene, never NULL. A request to the
 * control path changes `route`. `request` is whole or bad.
 */
const struct scene *route_request(struct route *route, const struct sim_request *request,
                                  struct ask *ask);

#endif
