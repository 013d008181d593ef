/*
 * An answer without what was said in it (B54 D62 A28): what the readers, the failure classes and a
 * comparison of shapes look at stays, the words of prompt and completion do not.
 *
 *   names of members, numbers, true, false, null   stay; they are the shape
 *   numbers that are items of an array             every digit becomes 1 (bytes of a token)
 *   type, object, role, status, model, finish_reason, name, … (a list in sanitize.c)
 *                                                  stay where they are one word, and no address
 *   code                                           the same, at the root and of an error
 *   message, detail, … of an error                 stay: the failure class rests on them. An error
 *                                                  is `error` beside the answer (of the root, of
 *                                                  `response`, of a choice), `base_resp`, or the
 *                                                  root itself where status, event or type say so
 *   id, …_id, the line id: of a stream             becomes another of the same length but for a
 *                                                  prefix that such ids have everywhere; the same
 *                                                  id gives the same one
 *   arguments of a tool call                       stay JSON: their names stay, characters of their
 *                                                  strings become x, digits outside of strings 1
 *   the line event: of a stream                    stays where it is one word
 *   all within metadata, comments of a stream, every other string
 *                                                  every character but blanks becomes x
 *   text that is no JSON                           letters become x, digits 1
 *
 * It works on the text, not on values, so that what is wrong with an answer (a cut event, JSON that
 * is none, bytes that are no UTF-8) is wrong in the same way afterwards. The texts of two pieces
 * joined become the same as the joined text. A list of models holds nothing that anybody said.
 */
#ifndef EVIDENCE_SANITIZE_H
#define EVIDENCE_SANITIZE_H

#include <stdbool.h>
#include <stddef.h>

struct bytes;

/*
 * Append the sanitized `body` to `out`, which is never longer. `stream`: it is an event stream.
 * `failed`: the status says that it is no answer; then web pages and text that is neither JSON nor
 * a stream stay as they are, for they are words of a server.
 */
void sanitize_body(const char *body, size_t len, bool stream, bool failed, struct bytes *out);

/* The bytes of the event that `text` begins with, its blank line included. */
size_t sanitize_event_length(const char *text, size_t len);

#endif
