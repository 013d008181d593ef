/*
 * Text from anywhere within what reports are written in. What may come from the network shows as
 * it is and can be no markup.
 */
#ifndef COMMAND_MARKUP_H
#define COMMAND_MARKUP_H

struct bytes;

/* XML text and attribute values alike: XML 1.0 has no way to write most control characters. */
void markup_xml(struct bytes *out, const char *text);                             /* NULL: "" */
void markup_xml_attribute(struct bytes *out, const char *name, const char *text); /* ` name="…"` */

/* A description of TAP: one line, "#" begins no directive. */
void markup_tap(struct bytes *out, const char *text);

/* A line of the YAML block behind a TAP line; nothing for NULL. */
void markup_yaml_pair(struct bytes *out, const char *name, const char *text);

/* A cell of a Markdown table with the pipe behind it; NULL: an empty one. */
void markup_cell(struct bytes *out, const char *text);

#endif
