/*
 * What `scan` found, as text or JSON (share/schema/scan.schema.json).
 */
#ifndef COMMAND_SCAN_REPORT_H
#define COMMAND_SCAN_REPORT_H

struct allow;
struct bytes;
struct survey;

void scan_report_text(const struct survey *survey, const struct allow *allow, struct bytes *out);
void scan_report_json(const struct survey *survey, const struct allow *allow, struct bytes *out);

#endif
