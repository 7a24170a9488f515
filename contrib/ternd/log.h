/*
 * The log: one line an entry on stderr, as logfmt:
 *
 *     time=2026-11-22T09:00:00.123Z level=info msg="listening" url=http://127.0.0.1:7480
 *
 * Values are quoted and escaped, so that nothing a client sends can forge a line or reach a
 * terminal. Tokens, passwords and message texts are never logged. Any thread.
 */
#ifndef TERND_LOG_H
#define TERND_LOG_H

#include <stdbool.h>
#include <stdint.h>

enum log_level { LOG_LEVEL_ERROR, LOG_LEVEL_WARN, LOG_LEVEL_INFO, LOG_LEVEL_DEBUG };

struct log_field {
	const char *name; /* [a-z_]+ */
	bool is_number;
	const char *text; /* NULL is written as "" */
	int64_t number;
};

#define LOG_TEXT(key, value) \
	{ \
		.name = (key), .text = (value) \
	}
#define LOG_NUMBER(key, value) \
	{ \
		.name = (key), .is_number = true, .number = (value) \
	}

/* What is logged from here on; main sets it once, before there are threads. */
void log_set_level(enum log_level level);

/* Reads "error", "warn", "info" or "debug". */
bool log_level_parse(enum log_level *level, const char *name);

/* Writes one entry; fields ends with one without a name. Lines are cut at 2 KiB. */
void log_write(enum log_level level, const char *message, const struct log_field *fields);

/* log_info("client gone", LOG_TEXT("peer", peer), LOG_NUMBER("held_ms", ms)); */
#define log_error(...) log_entry_(LOG_LEVEL_ERROR, __VA_ARGS__, {0})
#define log_warn(...)  log_entry_(LOG_LEVEL_WARN, __VA_ARGS__, {0})
#define log_info(...)  log_entry_(LOG_LEVEL_INFO, __VA_ARGS__, {0})
#define log_debug(...) log_entry_(LOG_LEVEL_DEBUG, __VA_ARGS__, {0})
#define log_entry_(level, message, ...) \
	log_write((level), (message), (const struct log_field[]){__VA_ARGS__})

#endif
