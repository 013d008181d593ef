#include "ui/pane.h"

static const struct pane_ops *const panes[PANE_COUNT] = {
    &pane_catalog, &pane_composer, &pane_stream,  &pane_ledger,
    &pane_history, &pane_suite,    &pane_observe,
};

const struct pane_ops *pane_ops(size_t index)
{
    return panes[index];
}
