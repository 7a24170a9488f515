#include "tui/action.h"

#include <stddef.h>
#include <string.h>

#include "base/gettext.h"

#define EDITING       ACTION_GROUP_EDITING
#define MOVING        ACTION_GROUP_MOVING
#define CONVERSATIONS ACTION_GROUP_CONVERSATIONS
#define MESSAGES      ACTION_GROUP_MESSAGES
#define OTHER         ACTION_GROUP_OTHER

static const struct action_info actions[ACTION_COUNT] = {
    [ACTION_CURSOR_LEFT] = {"cursor-left", N_("one character back"), EDITING, {"Left", "C-b"}},
    [ACTION_CURSOR_RIGHT] = {"cursor-right", N_("one character on"), EDITING, {"Right"}},
    [ACTION_CURSOR_UP] = {"cursor-up", N_("one line up; from the first one, back in the history"),
        EDITING, {"Up"}},
    [ACTION_CURSOR_DOWN] = {"cursor-down",
        N_("one line down; from the last one, on in the history"), EDITING, {"Down"}},
    [ACTION_WORD_LEFT] = {"word-left", N_("to the beginning of the word"), EDITING,
        {"M-b", "C-Left"}},
    [ACTION_WORD_RIGHT] = {"word-right", N_("to the end of the word"), EDITING, {"M-f", "C-Right"}},
    [ACTION_LINE_BEGIN] = {"line-begin", N_("to the beginning of the line"), EDITING,
        {"C-a", "Home"}},
    [ACTION_LINE_END] = {"line-end", N_("to the end of the line"), EDITING, {"C-e", "End"}},
    [ACTION_TEXT_BEGIN] = {"text-begin", N_("to the beginning of the text"), EDITING,
        {"M-<", "C-Home"}},
    [ACTION_TEXT_END] = {"text-end", N_("to the end of the text"), EDITING, {"M->", "C-End"}},
    [ACTION_DELETE_LEFT] = {"delete-left", N_("delete the character before"), EDITING,
        {"Backspace", "C-h"}},
    [ACTION_DELETE_RIGHT] = {"delete-right", N_("delete the character under the cursor"), EDITING,
        {"C-d", "Delete"}},
    [ACTION_DELETE_SPACE] = {"delete-space", N_("delete the space around the cursor"), EDITING,
        {"M-\\"}},
    [ACTION_KILL_LINE] = {"kill-line", N_("cut to the end of the line"), EDITING, {"C-k"}},
    [ACTION_KILL_LINE_LEFT] = {"kill-line-left", N_("cut to the beginning of the line"), EDITING,
        {"C-u"}},
    [ACTION_KILL_WORD] = {"kill-word", N_("cut to the end of the word"), EDITING,
        {"M-d", "C-Delete"}},
    [ACTION_KILL_WORD_LEFT] = {"kill-word-left", N_("cut to the beginning of the word"), EDITING,
        {"M-Backspace", "C-Backspace"}},
    [ACTION_KILL_SPACED_WORD_LEFT] = {"kill-spaced-word-left", N_("cut back to a space"), EDITING,
        {"C-w"}},
    [ACTION_KILL_TEXT] = {"kill-text", N_("cut the whole text"), EDITING, {"C-x C-k"}},
    [ACTION_YANK] = {"yank", N_("insert what was cut last"), EDITING, {"C-y"}},
    [ACTION_YANK_POP] = {"yank-pop", N_("instead of it, what was cut before"), EDITING, {"M-y"}},
    [ACTION_TRANSPOSE_CHARACTERS] = {"transpose-characters", N_("swap two characters"), EDITING,
        {"C-t"}},
    [ACTION_TRANSPOSE_WORDS] = {"transpose-words", N_("swap two words"), EDITING, {"M-t"}},
    [ACTION_UPCASE_WORD] = {"upcase-word", N_("make the word upper case"), EDITING, {"M-U"}},
    [ACTION_DOWNCASE_WORD] = {"downcase-word", N_("make the word lower case"), EDITING, {"M-L"}},
    [ACTION_CAPITALIZE_WORD] = {"capitalize-word", N_("make the word's first letter upper case"),
        EDITING, {"M-c"}},
    [ACTION_NEWLINE] = {"newline", N_("begin a new line"), EDITING, {"M-Enter", "S-Enter", "C-j"}},
    [ACTION_UNDO] = {"undo", N_("undo"), EDITING, {"C-_", "C-/", "C-x C-u"}},
    [ACTION_REDO] = {"redo", N_("redo what was undone"), EDITING, {"M-_", "M-/", "C-x C-r"}},
    [ACTION_HISTORY_PREVIOUS] = {"history-previous", N_("what was sent before"), EDITING,
        {"M-p", "C-Up"}},
    [ACTION_HISTORY_NEXT] = {"history-next", N_("what was sent after it"), EDITING, {"C-Down"}},
    [ACTION_HISTORY_SEARCH] = {"history-search", N_("search back in what was sent, while typing"),
        EDITING, {"C-r"}},
    [ACTION_HISTORY_SEARCH_FORWARD] = {"history-search-forward", N_("search on in what was sent"),
        EDITING, {"C-s"}},
    [ACTION_SEND] = {"send", N_("send the text, or run the command"), EDITING, {"Enter"}},
    [ACTION_COMPLETE] = {"complete", N_("complete a name, a command or an emoji"), EDITING,
        {"Tab"}},
    [ACTION_COMPLETE_PREVIOUS] = {"complete-previous", N_("the completion before"), EDITING,
        {"S-Tab"}},
    [ACTION_CANCEL] = {"cancel", N_("give up what is under way"), EDITING,
        {"Escape", "C-g", "C-c"}},
    [ACTION_EDIT_EXTERNAL] = {"edit-external", N_("write the text in $EDITOR"), EDITING,
        {"C-x C-e"}},

    [ACTION_PAGE_UP] = {"page-up", N_("one page up"), MOVING, {"PageUp"}},
    [ACTION_PAGE_DOWN] = {"page-down", N_("one page down"), MOVING, {"PageDown"}},
    [ACTION_SCROLL_UP] = {"scroll-up", N_("one line up"), MOVING, {"S-Up", "C-PageUp"}},
    [ACTION_SCROLL_DOWN] = {"scroll-down", N_("one line down"), MOVING, {"S-Down", "C-PageDown"}},
    [ACTION_OLDEST] = {"oldest", N_("to the oldest message"), MOVING, {"M-Home"}},
    [ACTION_NEWEST] = {"newest", N_("to the newest message"), MOVING, {"M-End"}},
    [ACTION_UNREAD_LINE] = {"unread-line", N_("to the first unread message here"), MOVING, {"M-u"}},
    [ACTION_NEXT_UNREAD] = {"next-unread", N_("to the next unread message anywhere"), MOVING,
        {"M-n"}},
    [ACTION_JUMP_BACK] = {"jump-back", N_("back to where one jumped from"), MOVING, {"M-o"}},
    [ACTION_GOTO_DATE] = {"goto-date", N_("to a date"), MOVING, {"M-g"}},
    [ACTION_SEARCH] = {"search", N_("search in this conversation, while typing"), MOVING, {"C-f"}},

    [ACTION_LIST_NEXT] = {"list-next", N_("to the next conversation of the list"), CONVERSATIONS,
        {"C-n"}},
    [ACTION_LIST_PREVIOUS] = {"list-previous", N_("to the conversation before"), CONVERSATIONS,
        {"C-p"}},
    [ACTION_LIST_FILTER] = {"list-filter", N_("list what matches, while typing"), CONVERSATIONS,
        {"M-s"}},
    [ACTION_NEXT_ACTIVE] = {"next-active", N_("to the next conversation with something new"),
        CONVERSATIONS, {"M-a"}},
    [ACTION_CONVERSATION_1] = {"conversation-1", N_("to the list's first conversation"),
        CONVERSATIONS, {"M-1"}},
    [ACTION_CONVERSATION_2] = {"conversation-2", N_("to the second"), CONVERSATIONS, {"M-2"}},
    [ACTION_CONVERSATION_3] = {"conversation-3", N_("to the third"), CONVERSATIONS, {"M-3"}},
    [ACTION_CONVERSATION_4] = {"conversation-4", N_("to the fourth"), CONVERSATIONS, {"M-4"}},
    [ACTION_CONVERSATION_5] = {"conversation-5", N_("to the fifth"), CONVERSATIONS, {"M-5"}},
    [ACTION_CONVERSATION_6] = {"conversation-6", N_("to the sixth"), CONVERSATIONS, {"M-6"}},
    [ACTION_CONVERSATION_7] = {"conversation-7", N_("to the seventh"), CONVERSATIONS, {"M-7"}},
    [ACTION_CONVERSATION_8] = {"conversation-8", N_("to the eighth"), CONVERSATIONS, {"M-8"}},
    [ACTION_CONVERSATION_9] = {"conversation-9", N_("to the ninth"), CONVERSATIONS, {"M-9"}},
    [ACTION_CONVERSATION_10] = {"conversation-10", N_("to the tenth"), CONVERSATIONS, {"M-0"}},
    [ACTION_LIST_PANE] = {"list-pane", N_("show or hide the list of conversations"), CONVERSATIONS,
        {"M-l"}},
    [ACTION_MEMBERS_PANE] = {"members-pane", N_("show or hide members and details"), CONVERSATIONS,
        {"M-m"}},

    [ACTION_SELECT_PREVIOUS] = {"select-previous", N_("select the message above"), MESSAGES,
        {"M-k", "M-Up"}},
    [ACTION_SELECT_NEXT] = {"select-next", N_("select the message below"), MESSAGES,
        {"M-j", "M-Down"}},
    [ACTION_REPLY] = {"reply", N_("reply to the selected message, or the last"), MESSAGES, {"M-r"}},
    [ACTION_EDIT] = {"edit", N_("edit the selected message, or one's last"), MESSAGES, {"M-e"}},
    [ACTION_REACT] = {"react", N_("react to the selected message, or the last"), MESSAGES, {"M-+"}},
    [ACTION_RECALL] = {"recall", N_("recall the selected message, or one's last"), MESSAGES,
        {"M-Delete"}},

    [ACTION_HELP] = {"help", N_("show the keys and commands"), OTHER, {"F1"}},
    [ACTION_REDRAW] = {"redraw", N_("draw the screen anew"), OTHER, {"C-l"}},
    [ACTION_SUSPEND] = {"suspend", N_("stop; fg in the shell goes on"), OTHER, {"C-z"}},
    [ACTION_QUIT] = {"quit", N_("leave"), OTHER, {"C-q", "C-x C-c"}},
};

const struct action_info *
action_info(enum action action)
{
	return &actions[action];
}

enum action
action_find(const char *name)
{
	for (int i = ACTION_NONE + 1; i < ACTION_COUNT; i++)
		if (strcmp(actions[i].name, name) == 0)
			return (enum action)i;
	return ACTION_NONE;
}

const char *
action_group_title(enum action_group group)
{
	static const char *const titles[ACTION_GROUP_COUNT] = {
	    [ACTION_GROUP_EDITING] = N_("Writing"),
	    [ACTION_GROUP_MOVING] = N_("Moving through messages"),
	    [ACTION_GROUP_CONVERSATIONS] = N_("Conversations"),
	    [ACTION_GROUP_MESSAGES] = N_("Messages"),
	    [ACTION_GROUP_OTHER] = N_("Everything else"),
	};

	return titles[group];
}
