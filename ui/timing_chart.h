/*
 * The two charts of the timing view, row by row on one axis of time: the waterfall of milestones,
 * and the gaps between events on a logarithmic scale with the limit drawn above them.
 */
#ifndef UI_TIMING_CHART_H
#define UI_TIMING_CHART_H

#include "ui/draw.h"
#include "ui/timing.h"

/* The column at which both charts begin, behind names and figures. */
int timing_chart_left(const struct surface *surface);

/* One milestone: name, when, how long it took, and its bar. */
void timing_chart_phase(const struct surface *surface, int row, const struct timing *timing,
                        size_t index);

/* Row `level` of `levels`, the top one is 0. */
void timing_chart_gaps(const struct surface *surface, int row, const struct timing *timing,
                       int level, int levels);

/* The axis below both. */
void timing_chart_axis(const struct surface *surface, int row, const struct timing *timing);

#endif
