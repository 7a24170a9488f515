/*
 * Two messages of one account, its devices, the server, and everything that can go wrong between
 * them: checked exhaustively with Spin by tests/check-model. The words are those of doc/protocol.md.
 * What is modelled stands in
 *
 *   device()      src/sync/ (flush.c, lists.c, line.c, pull.c, task.c), src/cache/ (apply.c,
 *                 generation.c, outbox.c, acks.c, consumer.c), src/client/ (send.c: take_back(); recv.c)
 *   server(),     contrib/ternd/ (handlers_send.c, handlers_sync.c, worker.c, pool.c, ring.c, acks.c)
 *   loop()        and store-sqlite/ (message.c, changes.c, ack.c)
 *   misfortune()  kills of either side at any moment, requests and answers that get lost, requests
 *                 that come late or twice
 *
 * An option of a process is what no kill can divide: a transaction and what leads to it, or a turn of
 * the server's loop. A kill leaves what stands under "durable" and zeroes the rest.
 *
 * A request of login-sync, events or ack and its arrival are one step: nothing that others do between
 * the two could be told from the same done before or after, and where it gets lost nothing has
 * happened. Of pull the whole call is, for what it brings depends on nothing but what was asked for. A
 * send can be under way for as long as it likes, and once it left it may come again at any time.
 *
 * Misfortune ends at a moment of its own choosing (`calm`). Then every run comes to a rest where all
 * is settled (`arrives`, at the end); a run that goes on for ever is an error, too.
 *
 * Nothing but messages changes here, so a message's stamp equals its msg_id. Not modelled: lists of
 * more than a page, refusals for good, other conversations (they share nothing but the cursor), caches
 * without a cursor, a server's backup put back.
 *
 * The scenes, because all of it at once would be too much for a minute:
 *
 *   -DTWO         two devices: device 0 writes both messages (-DSPLIT: each device one) and runs one
 *                 command after the other; device 1 follows and acknowledges. Each makes one call at a
 *                 time, beside a held poll.
 *   -DSENDER      one device that writes both messages, and all of the outbox: marks of doubt, messages
 *                 taken back, requests that never leave. All kinds of calls run side by side.
 *   -DRECEIVER    one device that gets both from another (-DMIXED: it writes the first itself), and
 *                 all of the pools: overflow, idle devices, polls that come late, connections whose
 *                 client has gone
 *   -DCONSUMER    one device that gets both (-DMIXED: likewise) and hands them on
 *
 * To see how an error comes about, with a copy in a directory of its own: `spin -DSENDER
 * -DMUTATION=NO_DOUBT -run -a sync.pml`, then `spin -DSENDER -DMUTATION=NO_DOUBT -t -p sync.pml`.
 */

/* The mutations: what is done wrong, and in which scenes that must be found out. */
#define NO_KEY_CHECK 1          /* SENDER: the server stores a key that it knows */
#define NO_AFTER 2              /* SENDER: it takes a message whose predecessor it does not have */
#define ANSWER_BEFORE_COMMIT 3  /* SENDER RECEIVER: it answers, and tells others, before the commit */
#define NO_DOUBT 4              /* SENDER: entries of the outbox are sent without a mark */
#define UNDOUBT_ALL 5           /* SENDER: a request that never left takes the marks of others back */
#define CARRY_WHAT_WAS_CHOSEN 6 /* SENDER: what its sender took back meanwhile is sent */
#define ROW_GONE_EARLY 7        /* SENDER: the outbox forgets an entry when its request leaves */
#define CURSOR_BEFORE_DATA 8    /* RECEIVER TWO: an answer's cursor is committed before its data */
#define OLD_INTERVALS 9         /* RECEIVER: an answer is applied that ends below the cursor */
#define KEEP_GENERATION 10      /* RECEIVER TWO: the cursor's generation stays where nothing changed */
#define LEAVE_NEWER_OUT 11      /* RECEIVER: login-sync leaves out what changed again meanwhile */
#define NO_RESYNC 12            /* RECEIVER TWO: a pool answers whom it doesn't reach back to */
#define NO_LACK 13              /* RECEIVER: it does not note what it has no event for */
#define HOLD_WITHOUT_LOOK 14    /* RECEIVER: it holds a poll that it has events for */
#define ACK_BEFORE_COMMIT 15    /* TWO: a device acknowledges what it has not committed */
#define ACK_OVER_A_GAP 16       /* TWO: its acknowledged head moves over what it lacks */
#define ACK_ONLY_NEWS 17        /* TWO: what a killed server lost is never acknowledged again */
#define HAND_UNMARKED 18        /* CONSUMER: it is not noted that messages are being handed on */
#define PLACE_FIRST 19          /* CONSUMER: the place advances before they are handed on */
#define HAND_OVER_HOLES 20      /* CONSUMER: messages behind a hole are handed on */

#ifndef MUTATION
#define MUTATION 0
#endif
byte mutation = MUTATION;
#define WRONG(m) (mutation == m)

#define PEER 2 /* writes without being looked at */
#if defined SPLIT
#define WRITER(k) (k)
#define FOLLOWS(k) false
#elif defined MIXED
#define WRITER(k) (PEER * (k))
#define FOLLOWS(k) false
#elif defined RECEIVER
#define WRITER(k) 1
#define FOLLOWS(k) ((k) == 1)
#elif defined CONSUMER
#define WRITER(k) PEER
#define FOLLOWS(k) ((k) == 1)
#else
#define WRITER(k) 0
#define FOLLOWS(k) ((k) == 1) /* it names the other one as `after` */
#endif

#ifdef TWO
#define IS_LOOKED_AT(d) ((d) < 2)
#define HOLDS_LINE(d) ((d) == 1)
#define ACKNOWLEDGES(d) ((d) == 1)
#define MAY_CALL(d) (flush[d] == IDLE && lists[d] == IDLE && pulling[d] == 0 && line[d] != ANSWERED)
#define MAY_SYNC(d) (MAY_CALL(d) && (!fresh[d] || (!HOLDS_LINE(d) && cursor[d] < announced)))
#else
#define IS_LOOKED_AT(d) ((d) < 1)
#define HOLDS_LINE(d) true
#define ACKNOWLEDGES(d) false
#define MAY_CALL(d) true
#define MAY_SYNC(d) (!fresh[d] || !calm)
#endif

/* Sets of keys (0, 1) and of msg_ids (1, 2). */
#define KEY(k) (1 << (k))
#define ID(id) ((1 << (id)) >> 1) /* none for 0 */
#define UPTO(id) ((1 << (id)) - 1)
#define LOWEST(ids) (((ids) & 1) -> 1 : (ids))
#define HIGHEST(ids) (((ids) & 2) -> 2 : (ids))
#define RUN(ids) (((ids) & 1) -> HIGHEST(ids) : 0) /* the end of the run that begins at 1 */

/* ---- the server, durable ---- */

byte last;     /* last_msg_id, and the highest stamp */
byte id_of[2]; /* message_key: the msg_id that a key got; 0 for none */
byte acked[2]; /* device_ack */
byte synced;   /* what has reached the disk of it: all, unless ANSWER_BEFORE_COMMIT */

/* ---- the server, in memory ---- */

byte announced; /* pools.committed: the highest stamp that the loop knows to be committed */
bool in_pool[2];
byte seen[2]; /* pool_device.cursor */
byte floor;   /* ring.floor */
byte lacking; /* what the ring has no event for, since nobody was there to be told */
mtype = { NOBODY, CLIENT, GHOST };
mtype poll[2] = NOBODY; /* who waits at the held poll; a ghost is a client that has gone */

/* ---- a device, durable ---- */

mtype = { UNWRITTEN, PENDING, DOUBT, SETTLED, TAKEN_BACK };
mtype row[2] = UNWRITTEN; /* of the outbox, by key; TAKEN_BACK: its sender was told "not sent" */
byte cursor[2];
bool present[2] = true; /* its generation is that of the server which runs now */
byte held[2];    /* ranges, and the messages in them */
byte head[2];    /* conversation.last: what is below it and not held is a hole */
byte to_ack[2];  /* the table ack */
byte told[2];    /* conversation.acked */

/* ---- a device, in memory ---- */

mtype = { IDLE, CHOSEN, MARKED, SENT, STORED, HELD, ANSWERED };
bool fresh[2]; /* sync.line_fresh */
mtype flush[2] = IDLE;
byte batch[2]; /* keys */
mtype lists[2] = IDLE;
byte lists_to[2], lists_head[2];
mtype line[2] = IDLE;
byte line_to[2], line_ids[2];
byte pulling[2]; /* the ids wanted; none: no call */

#ifdef CONSUMER
byte place, handing; /* durable */
byte hand, hand_end; /* the next of the batch, and its last; 0 for none */
byte marked;         /* what the batch's reader took for handed on by an earlier process */
byte given;          /* nobody's: the highest that was handed on */
#endif

/* ---- nobody's ---- */

bool left[2]; /* by key: a send with it is on the network, and may arrive at any time */
bool calm;
byte due[2]; /* what the server has to know as acknowledged in the end */

#define IS_WAITING(k) (row[k] == PENDING || row[k] == DOUBT)
#define WAITS(d, k) (WRITER(k) == d && IS_WAITING(k))
#define WAITING(d) ((WAITS(d, 0) -> KEY(0) : 0) | (WAITS(d, 1) -> KEY(1) : 0))
#define OWN(d) ((WRITER(0) == d -> ID(id_of[0]) : 0) | (WRITER(1) == d -> ID(id_of[1]) : 0))
#define OWN_WAITING(d) ((WAITS(d, 0) -> ID(id_of[0]) : 0) | (WAITS(d, 1) -> ID(id_of[1]) : 0))
/* The call under way has put its mark of doubt on it. */
#define IS_MARKED(d, k) (flush[d] != IDLE && flush[d] != CHOSEN && (batch[d] & KEY(k)))

/* Pages and results would not be stored: login-sync comes first. */
#define IS_BEHIND(d) (!present[d] && !fresh[d])

#define POOL (in_pool[0] || in_pool[1])
#define NEWS(d) (UPTO(announced) & ~UPTO(seen[d]) & ~OWN(d))
#define LACKS(d) (seen[d] < floor || (!WRONG(NO_LACK) && (LOWEST(NEWS(d)) & lacking)))

#define RAISE(what, least) what = ((least) > what -> (least) : what)

inline lists_end(d)
{
	lists[d] = IDLE;
	lists_to[d] = 0;
	lists_head[d] = 0
}

inline line_end(d)
{
	line[d] = IDLE;
	line_to[d] = 0;
	line_ids[d] = 0
}

inline hand_stop()
{
#ifdef CONSUMER
	hand = 0;
	hand_end = 0;
	marked = 0
#else
	skip
#endif
}

/* ==== the server ==== */

/* ring_trim(): what all devices have goes. */
inline trim()
{
	if
	:: in_pool[0] && (seen[0] <= seen[1] || !in_pool[1]) -> RAISE(floor, seen[0])
	:: in_pool[1] && (seen[1] < seen[0] || !in_pool[0]) -> RAISE(floor, seen[1])
	:: !POOL -> floor = 0
	fi;
	lacking = (POOL -> lacking & ~UPTO(floor) : 0)
}

inline join_pool(d, at)
{
	if
	:: in_pool[d]
	:: else ->
		floor = (POOL -> floor : announced);
		in_pool[d] = true;
		seen[d] = at
	fi
}

inline leave_pool(d)
{
	in_pool[d] = false;
	seen[d] = 0;
	trim()
}

/* A word instead of events, and what the client makes of it. */
inline answer_resync(d, who)
{
	if
	:: who == CLIENT ->
		line_end(d);
		fresh[d] = false
	:: else
	fi
}

inline answer_events(d, who)
{
	if
	:: LACKS(d) && !WRONG(NO_RESYNC) -> answer_resync(d, who)
	:: else ->
		if
		:: who == CLIENT ->
			line[d] = ANSWERED;
			line_ids[d] = NEWS(d) & ~lacking & ~UPTO(floor);
			line_to[d] = ((NEWS(d) & lacking) && !WRONG(NO_LACK) && !WRONG(NO_RESYNC) -> 1 : announced);
			to_ack[d] = (WRONG(ACK_BEFORE_COMMIT) -> to_ack[d] | line_ids[d] : to_ack[d])
		:: else
		fi
	fi
}

/* find_poller(): whether the pool reaches back to the cursor. */
#define REACHES(at, is_present) \
	((is_present) && (at) <= announced && (at) >= (POOL -> floor : announced))

/* pools_poll() */
inline poll_arrives(d, at, is_present, who)
{
	if
	:: poll[d] == CLIENT -> line_end(d) /* superseded */
	:: else
	fi;
	poll[d] = NOBODY;
	if
	:: !REACHES(at, is_present) && !WRONG(NO_RESYNC) -> answer_resync(d, who)
	:: else ->
		join_pool(d, at);
		seen[d] = at;
		trim();
		if
		:: (NEWS(d) == 0 && !LACKS(d)) || WRONG(HOLD_WITHOUT_LOOK) -> poll[d] = who
		:: else -> answer_events(d, who)
		fi
	fi
}

inline store(k)
{
	assert(id_of[k] == 0);                            /* a key has one msg_id */
	assert(!(k == 0 && FOLLOWS(1) && id_of[1] != 0)); /* a writer's messages are in order */
	assert(row[k] != TAKEN_BACK);                     /* what was said not to be sent, isn't */
	last++;
	id_of[k] = last;
	synced = (WRONG(ANSWER_BEFORE_COMMIT) -> synced : last);
	left[k] = (WRONG(NO_KEY_CHECK) -> left[k] : false) /* else once more would change nothing */
}

/* message_send() */
inline send_arrives(d, k)
{
	if
	:: id_of[k] != 0 && !WRONG(NO_KEY_CHECK)
	:: id_of[k] == 0 && FOLLOWS(k) && id_of[0] == 0 && row[0] != TAKEN_BACK && !WRONG(NO_AFTER) ->
		if
		:: IS_MARKED(d, k) -> /* no-predecessor: it stays */
			batch[d] = batch[d] & ~KEY(k);
			row[k] = DOUBT
		:: else
		fi
	:: else -> store(k)
	fi
}

/* publish(): for all devices but the writer's. */
inline publish(id)
{
	if
	:: in_pool[0] && (OWN(0) & ID(id)) && !in_pool[1] -> lacking = lacking | ID(id)
	:: in_pool[1] && (OWN(1) & ID(id)) && !in_pool[0] -> lacking = lacking | ID(id)
	:: else
	fi
}

inline announce(d)
{
	if
	:: poll[d] != NOBODY && (LACKS(d) || NEWS(d)) ->
		answer_events(d, poll[d]);
		poll[d] = NOBODY
	:: else
	fi
}

/* ack_save(): a device's head moves only without a gap. So does what the client keeps of it. */
inline move(to, ids)
{
	if
	:: HIGHEST(ids) > to && (LOWEST(ids) <= to + 1 || WRONG(ACK_OVER_A_GAP)) -> to = HIGHEST(ids)
	:: else
	fi
}

/* The calls of a device. */
proctype server(byte d)
{
	do
	/* the writer commits */
	:: d_step { flush[d] == SENT ->
		flush[d] = STORED;
		if
		:: batch[d] & KEY(0) -> send_arrives(d, 0)
		:: else
		fi;
		if
		:: batch[d] & KEY(1) -> send_arrives(d, 1)
		:: else
		fi
	}
	/* the reader: login_sync_run() */
	:: d_step { lists[d] == SENT ->
		lists_head[d] = (WRONG(LEAVE_NEWER_OUT) && last > lists_to[d] -> 0 : last);
		lists[d] = ANSWERED
	}
	/* on_expire() */
	:: d_step { !calm && poll[d] != NOBODY ->
		answer_events(d, poll[d]);
		poll[d] = NOBODY
	}
#ifdef RECEIVER
	/* on_sweep(), evict() */
	:: d_step { !calm && in_pool[d] && poll[d] == NOBODY -> leave_pool(d) }
#endif
	od
}

/* What concerns all of them. */
proctype loop()
{
	do
	/* deliver(), on_commit() */
	:: d_step { announced < last || flush[0] == STORED || flush[1] == STORED ->
		if
		:: announced == 0 && last >= 1 -> publish(1)
		:: else
		fi;
		if
		:: announced < 2 && last == 2 -> publish(2)
		:: else
		fi;
		announced = last;
		flush[0] = (flush[0] == STORED -> ANSWERED : flush[0]);
		flush[1] = (flush[1] == STORED -> ANSWERED : flush[1]);
		announce(0);
		announce(1)
	}
	:: d_step { WRONG(ANSWER_BEFORE_COMMIT) && synced < last -> synced = last }
#ifndef TWO
	/* What somebody else writes. */
	:: d_step { !IS_LOOKED_AT(WRITER(0)) && id_of[0] == 0 -> store(0) }
	:: d_step { !IS_LOOKED_AT(WRITER(1)) && id_of[1] == 0 && !(FOLLOWS(1) && id_of[0] == 0) -> store(1) }
#endif
#ifdef RECEIVER
	/* The ring is full. */
	:: d_step { !calm && POOL && floor < announced ->
		floor++;
		lacking = lacking & ~UPTO(floor)
	}
	/* The other device polls now and then. */
	:: d_step { !calm && !in_pool[1] -> join_pool(1, announced) }
	:: d_step { !calm && in_pool[1] && seen[1] < announced -> seen[1] = announced; trim() }
	:: d_step { !calm && in_pool[1] -> leave_pool(1) }
#endif
	od
}

/* ==== a device ==== */

inline settle_row(d, k, ids)
{
	if
	:: WAITS(d, k) && (ID(id_of[k]) & ids) -> row[k] = SETTLED
	:: else
	fi
}

inline note_ack(d, ids)
{
	if
	:: !ACKNOWLEDGES(d)
	:: ACKNOWLEDGES(d) && RUN(held[d]) > told[d] && (ids & UPTO(RUN(held[d]))) ->
		to_ack[d] = to_ack[d] | UPTO(RUN(held[d])) & (WRONG(ACK_ONLY_NEWS) -> ~UPTO(told[d]) : 3);
		due[d] = (calm -> RUN(held[d]) : 0)
	:: else -> to_ack[d] = to_ack[d] | ids
	fi
}

/* message_put(), conversation_hold(): what a page or an event brings. */
inline put(d, ids)
{
	held[d] = held[d] | ids;
	RAISE(head[d], HIGHEST(ids));
	settle_row(d, 0, ids);
	settle_row(d, 1, ids);
	note_ack(d, ids)
}

/* generation_compare() */
#define IS_BEYOND(d, to) \
	(to > cursor[d] || WRONG(OLD_INTERVALS) || \
	    (to == cursor[d] && !present[d] && !WRONG(KEEP_GENERATION)))

/* cache_apply() */
inline apply(d, to, ids, new_head)
{
	if
	:: IS_BEYOND(d, to) ->
		assert(to >= cursor[d]);
		RAISE(head[d], new_head);
		put(d, ids);
		cursor[d] = to;
		present[d] = true
	:: else
	fi
}

inline doubt(d, k)
{
	if
	:: IS_MARKED(d, k) && row[k] == PENDING && !WRONG(NO_DOUBT) -> row[k] = DOUBT
	:: else
	fi
}

inline flush_end(d)
{
	flush[d] = IDLE;
	batch[d] = 0
}

/* It ended without an answer: what it marked stays marked. */
inline flush_lost(d)
{
#ifdef SENDER
	doubt(d, 0);
	doubt(d, 1);
#endif
	flush_end(d)
}

inline leave(d, k)
{
	if
	:: batch[d] & KEY(k) ->
		left[k] = (id_of[k] == 0 || WRONG(NO_KEY_CHECK));
		row[k] = (WRONG(ROW_GONE_EARLY) -> SETTLED : row[k])
	:: else
	fi
}

/* cache_outbox_settle() */
inline settle(d, k)
{
	if
	:: (batch[d] & KEY(k)) && IS_WAITING(k) ->
		assert(id_of[k] != 0); /* what was acknowledged is there */
		held[d] = held[d] | ID(id_of[k]);
		RAISE(head[d], id_of[k]);
		row[k] = SETTLED
	:: else
	fi
}

inline ack(d, is_kept, is_answered)
{
	if
	:: is_kept -> move(acked[d], to_ack[d])
	:: else
	fi;
	assert(acked[d] <= RUN(held[d])); /* what is acknowledged is committed */
	if
	:: is_answered ->
		move(told[d], to_ack[d]);
		to_ack[d] = 0
	:: else
	fi
}

#define CAN_WRITE(d, k) \
	(WRITER(k) == d && row[k] == UNWRITTEN && !(FOLLOWS(k) && row[0] == UNWRITTEN))
#define CAN_TAKE_BACK(d, k) \
	(WRITER(k) == d && row[k] == PENDING && !(IS_MARKED(d, k) && !WRONG(NO_DOUBT)))
#define REACHED(d) (WRONG(HAND_OVER_HOLES) -> HIGHEST(held[d]) : RUN(held[d]))

proctype device(byte d)
{
	do
	:: d_step { CAN_WRITE(d, 0) -> row[0] = PENDING }
	:: d_step { CAN_WRITE(d, 1) -> row[1] = PENDING }

	/* ---- flush.c ---- */
#ifdef SENDER
	:: d_step { CAN_TAKE_BACK(d, 0) -> row[0] = TAKEN_BACK }
	:: d_step { CAN_TAKE_BACK(d, 1) -> row[1] = TAKEN_BACK }
	:: d_step { flush[d] == IDLE && WAITING(d) && !IS_BEHIND(d) ->
		batch[d] = WAITING(d);
		flush[d] = CHOSEN
	}
	/* A client that sends ahead, as the protocol allows it. */
	:: d_step { !calm && flush[d] == IDLE && WAITING(d) == 3 && !IS_BEHIND(d) ->
		batch[d] = KEY(1);
		flush[d] = CHOSEN
	}
	:: d_step { flush[d] == CHOSEN -> flush[d] = MARKED }
	/* undoubt(): there was no connection */
	:: d_step { !calm && flush[d] == MARKED ->
		if
		:: WRONG(UNDOUBT_ALL) && (batch[d] & KEY(0)) && row[0] == DOUBT -> row[0] = PENDING
		:: WRONG(UNDOUBT_ALL) && (batch[d] & KEY(1)) && row[1] == DOUBT -> row[1] = PENDING
		:: else
		fi;
		flush_end(d)
	}
	/* carry() */
	:: d_step { flush[d] == MARKED ->
		batch[d] = (WRONG(CARRY_WHAT_WAS_CHOSEN) -> batch[d] : batch[d] & WAITING(d));
#else
	:: d_step { flush[d] == IDLE && WAITING(d) && MAY_CALL(d) && !IS_BEHIND(d) ->
		batch[d] = WAITING(d);
#endif
		flush[d] = (batch[d] -> SENT : IDLE);
		leave(d, 0);
		leave(d, 1)
	}
	:: d_step { flush[d] == ANSWERED ->
		if
		:: present[d] ->
			settle(d, 0);
			settle(d, 1);
			flush_end(d)
		:: else -> /* login-sync comes first */
			flush_lost(d);
			fresh[d] = false
		fi
	}

	/* ---- lists.c; handle_login_sync() ---- */
	:: d_step { lists[d] == IDLE && MAY_SYNC(d) ->
		assert(cursor[d] <= announced); /* or it were not valid */
		lists[d] = SENT;
		lists_to[d] = announced;
		if
		:: HOLDS_LINE(d) -> join_pool(d, announced)
		:: else /* idle from then on, and gone before long: on_sweep() */
		fi
	}
	:: d_step { lists[d] == ANSWERED ->
		apply(d, lists_to[d], 0, lists_head[d]);
		fresh[d] = true;
		lists_end(d)
	}

	/* ---- line.c ---- */
	:: d_step { HOLDS_LINE(d) && line[d] == IDLE && fresh[d] && MAY_CALL(d) ->
		line[d] = HELD;
		poll_arrives(d, cursor[d], present[d], CLIENT)
	}
	:: d_step { line[d] == ANSWERED ->
		if
		:: WRONG(CURSOR_BEFORE_DATA) && cursor[d] == line_to[d] -> put(d, line_ids[d])
		:: else -> apply(d, line_to[d], line_ids[d], 0)
		fi;
		line_end(d)
	}
	:: d_step { WRONG(CURSOR_BEFORE_DATA) && line[d] == ANSWERED && cursor[d] < line_to[d] ->
		cursor[d] = line_to[d]
	}

	/* ---- pull.c ---- */
	:: d_step { pulling[d] == 0 && (UPTO(head[d]) & ~held[d]) && MAY_CALL(d) && !IS_BEHIND(d) ->
		pulling[d] = UPTO(head[d]) & ~held[d]
	}
	:: d_step { pulling[d] ->
		if
		:: present[d] ->
			put(d, pulling[d]);
			head[d] = last
		:: else -> fresh[d] = false
		fi;
		pulling[d] = 0
	}
	/* The page is full. */
	:: d_step { pulling[d] == 3 && present[d] ->
		put(d, 1);
		pulling[d] = 0
	}

	/* ---- task.c; ack_saver_add() ---- */
	:: d_step { to_ack[d] -> ack(d, true, true) }
	:: d_step { !calm && to_ack[d] -> ack(d, true, false) }
	/* A server that is killed before it saves them. */
	:: d_step { !calm && to_ack[d] -> ack(d, false, true) }

#ifdef CONSUMER
	/* ---- recv.c: hand_batch() ---- */
	:: d_step { hand_end == 0 && REACHED(d) > place ->
		hand = place + 1;
		hand_end = REACHED(d);
		marked = handing;
		if
		:: WRONG(HAND_UNMARKED)
		:: else -> RAISE(handing, hand_end)
		fi;
		place = (WRONG(PLACE_FIRST) -> hand_end : place)
	}
	:: d_step { hand_end && hand <= hand_end ->
		/* In order, all of them, and none twice without a mark. */
		assert(held[d] & ID(hand));
		assert(hand == given + 1 || (hand <= given && hand <= marked));
		RAISE(given, hand);
		hand++
	}
	:: d_step { hand_end && hand > hand_end ->
		place = hand_end;
		hand_stop()
	}
#endif
	od
}

/* ==== misfortune ==== */

inline check_key(k)
{
	assert(row[k] != SETTLED || (id_of[k] != 0 && (held[WRITER(k)] & ID(id_of[k]))));
	assert(row[k] != TAKEN_BACK || id_of[k] == 0);
#ifdef SENDER
	/* A request that left has its mark. */
	assert(!left[k] || row[k] == DOUBT || row[k] == SETTLED || IS_MARKED(0, k))
#endif
}

/* What is true of what is durable, whenever somebody is killed. */
inline check(d)
{
	check_key(0);
	check_key(1);
	/* A cursor knows all that is below it: as held, as a hole, or as still to be sent. */
	assert((UPTO(cursor[d]) & ~UPTO(head[d]) & ~OWN_WAITING(d)) == 0);
	assert((held[d] & ~UPTO(head[d])) == 0);
	assert(head[d] <= last && cursor[d] <= last);
	assert(acked[d] <= RUN(held[d]))
}

inline kill_device(d, remains)
{
	check(d);
	flush_lost(d);
	lists_end(d);
	line_end(d);
	poll[d] = (poll[d] == CLIENT -> remains : poll[d]);
	pulling[d] = 0;
	fresh[d] = false;
	hand_stop()
}

/* An answer that arrives after the kill is as good as one before it, or as none. */
inline forget(d)
{
	if
	:: flush[d] == STORED || flush[d] == ANSWERED -> flush_lost(d)
	:: else
	fi;
	lists_end(d);
	line_end(d);
	poll[d] = NOBODY;
	in_pool[d] = false;
	seen[d] = 0;
	present[d] = false
}

inline kill_server()
{
	last = synced;
	id_of[0] = (id_of[0] > last -> 0 : id_of[0]);
	id_of[1] = (id_of[1] > last -> 0 : id_of[1]);
	check(0);
	check(1);
	forget(0);
	forget(1);
	announced = last;
	floor = 0;
	lacking = 0
}

proctype misfortune(byte d)
{
	do
	:: d_step { !calm && d == 0 -> calm = true }
	:: d_step { !calm && d == 0 -> kill_server() }
	:: d_step { !calm -> kill_device(d, NOBODY) }
	/* A call gets lost. */
	:: d_step { !calm && (flush[d] == SENT || flush[d] == STORED || flush[d] == ANSWERED) ->
		flush_lost(d)
	}
	:: d_step { !calm && lists[d] != IDLE -> lists_end(d) }
	:: d_step { !calm && line[d] == ANSWERED -> line_end(d) }
	:: d_step { !calm && line[d] == HELD ->
		line_end(d);
		poll[d] = NOBODY
	}
	:: d_step { !calm && pulling[d] -> pulling[d] = 0 }
	/* A send comes late, or once more. */
	:: d_step { !calm && WRITER(0) == d && left[0] && !IS_MARKED(d, 0) -> send_arrives(d, 0) }
	:: d_step { !calm && WRITER(1) == d && left[1] && !IS_MARKED(d, 1) -> send_arrives(d, 1) }
#ifdef RECEIVER
	/* The server does not notice that a client has gone. */
	:: d_step { !calm && poll[d] == CLIENT -> kill_device(d, GHOST) }
	:: d_step { !calm && line[d] == HELD ->
		line_end(d);
		poll[d] = GHOST
	}
	/* A poll of before comes late, or once more. */
	:: d_step { !calm -> poll_arrives(d, 0, present[d], GHOST) }
	:: d_step { !calm && cursor[d] > 0 -> poll_arrives(d, 1, present[d], GHOST) }
#endif
	od
}

init {
	atomic {
#ifdef MUTATION_OF_ENVIRONMENT
		/* One verifier for all that tests/check-model tries. */
		c_code {
			const char *number = getenv("MUTATION");

			now.mutation = number ? atoi(number) : 0;
		};
#endif
		run loop();
		run server(0);
		run device(0);
		run misfortune(0);
#ifdef TWO
		run server(1);
		run device(1);
		run misfortune(1)
#endif
	}
}

/* ==== rest ==== */

#define IS_SETTLED(k) (id_of[k] != 0 && (row[k] == SETTLED || !IS_LOOKED_AT(WRITER(k))))
#define IS_DONE(k) (IS_SETTLED(k) || row[k] == TAKEN_BACK)
#define HAS_ALL(d) \
	(held[d] == UPTO(last) && acked[d] >= due[d] && (poll[d] == CLIENT || !HOLDS_LINE(d)))
#ifdef CONSUMER
#define ALL_IS_HANDED_ON (given == last && place == last)
#else
#define ALL_IS_HANDED_ON true
#endif

ltl arrives {
	[] (calm -> <> (IS_DONE(0) && IS_DONE(1) && announced == last && ALL_IS_HANDED_ON &&
	    HAS_ALL(0) && (HAS_ALL(1) || !IS_LOOKED_AT(1))))
}
