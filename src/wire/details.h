/* profile-set, details (doc/protocol.md 3.11). */
#ifndef TERN_WIRE_DETAILS_H
#define TERN_WIRE_DETAILS_H

#include "model/group.h"
#include "model/profile.h"
#include "wire/json.h"

/* In all of these: strings are borrowed from the caller (written) or the document (read);
 * arrays are borrowed when written, and owned and freed by the _finish function after a read.
 * Each _request_read may return PROTOCOL or TOO_LARGE, each _answer_read PROTOCOL. */

/* {"name":"value",…}: a profile's fields, as a whole value. */
void profile_fields_write(struct buf *out, const struct profile_field *fields, size_t count);
/* Reads them; *fields is the caller's to free(), also after a failure. */
enum status profile_fields_read(
    struct profile_field **fields, size_t *count, const struct json *object, struct error *err);

struct profile_set_request {
	struct profile_field *fields;
	size_t count;
};

void profile_set_request_write(struct buf *out, const struct profile_set_request *request);
enum status profile_set_request_read(
    struct profile_set_request *request, const struct json *doc, struct error *err);
void profile_set_request_finish(struct profile_set_request *request);

struct profile_set_answer {
	const char *generation;
	int64_t stamp;
};

void profile_set_answer_write(struct buf *out, const struct profile_set_answer *answer);

/* What is looked at, and the stamp that the cache holds of it: 0 for none. */
struct detail_query {
	const char *address;
	int64_t stamp;
};

/* A member list: since: as of which stamp the cache holds all of it, 0 for never; after: only
 * addresses behind that one, NULL for all. */
struct members_query {
	const char *group;
	int64_t since;
	const char *after;
};

struct details_request {
	struct detail_query *profiles;
	size_t profile_count;
	struct detail_query *groups;
	size_t group_count;
	struct members_query *members;
	size_t members_count;
};

void details_request_write(struct buf *out, const struct details_request *request);
enum status
details_request_read(struct details_request *request, const struct json *doc, struct error *err);
void details_request_finish(struct details_request *request);

/* An answer is written piece by piece: begin, then each list as list_begin(), its rows, list_end(),
 * then end. Members: members_begin(), rows, members_end() for each list of them. */
void details_answer_begin(struct buf *out, const char *generation);
void details_list_begin(struct buf *out, const char *name);
void details_list_end(struct buf *out);
void details_add_profile(struct buf *out, const struct profile *profile);
void details_add_group(struct buf *out, const struct group_detail *group);
void details_members_begin(struct buf *out, const char *group);
void details_add_member(struct buf *out, const struct member *member);
/* stamp: as of which the rows are; upto: NULL where the list is at its end. */
void details_members_end(struct buf *out, int64_t stamp, const char *upto);
void details_answer_end(struct buf *out, bool more);

struct details_members {
	const char *group;
	int64_t stamp;
	const char *upto; /* NULL: the list is at its end */
	struct member *rows;
	size_t count;
};

struct details_answer {
	const char *generation;
	bool more; /* what didn't come is to be asked for again */
	struct profile *profiles;
	size_t profile_count;
	struct group_detail *groups;
	size_t group_count;
	struct details_members *members;
	size_t members_count;
};

enum status
details_answer_read(struct details_answer *answer, const struct json *doc, struct error *err);
void details_answer_finish(struct details_answer *answer);

#endif
