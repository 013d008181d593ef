/*
 * What a file is to a scan, by its name alone: settings, prose, or code.
 */
#ifndef SCAN_FILE_MODE_H
#define SCAN_FILE_MODE_H

#include "scan/sieve.h"

#include <stdbool.h>

/*
 * Settings are .env files and formats that hold them (YAML, JSON, TOML, INI, properties, HCL, a
 * Dockerfile); prose, which may name anything, is looked at for keys alone.
 */
enum sieve_mode file_mode(const char *path);

/*
 * A folder that is nobody's source: of a version control, or filled by a package manager or a tool
 * that says so by its name.
 */
bool file_mode_skips_folder(const char *name);

/* Those folders, NULL after the last. */
extern const char *const file_mode_skipped[];

#endif
