#define _GNU_SOURCE
#include <stdio.h>

#include "guest.h"

/* A string of WIT for printf's "%.*s": it has no NUL at its end. */
#define STRING(string) (int)(string).len, (const char *)(string).ptr

static void why(FILE *out, const envoi_mail_smtp_error_t *error);

/* What is printed, and then closed, is in `string`, whose memory is the caller's. */
static FILE *print_to(guest_string_t *string) {
    return open_memstream((char **)&string->ptr, &string->len);
}

bool exports_guest_welcome(guest_string_t *server, guest_string_t *to, guest_string_t *ret,
                           guest_string_t *err) {
    guest_string_t sender, message;
    guest_string_set(&sender, "shop@example.org");
    FILE *out = print_to(&message);
    fprintf(out, "From: %.*s\nTo: %.*s\n", STRING(sender), STRING(*to));
    fprintf(out, "Subject: Welcome\n\nGood to have you here.\n");
    fclose(out);

    envoi_mail_smtp_list_mailbox_t recipients = {.ptr = to, .len = 1};
    guest_list_u8_t content = {.ptr = message.ptr, .len = message.len};
    envoi_mail_smtp_receipt_t receipt;
    envoi_mail_smtp_error_t error;
    bool sent = envoi_mail_smtp_send_mail(server, &sender, &recipients, &content, &receipt, &error);

    out = print_to(sent ? ret : err);
    if (sent) {
        const guest_list_string_t *lines = &receipt.accepted.ptr[0].reply.lines;
        for (size_t i = 0; i < lines->len; i++) {
            fprintf(out, "%s%.*s", i == 0 ? "" : "\n", STRING(lines->ptr[i]));
        }
        envoi_mail_smtp_receipt_free(&receipt);
    } else {
        why(out, &error);
        envoi_mail_smtp_error_free(&error);
    }
    fclose(out);

    /* Arguments of an export are its own. */
    guest_string_free(&message);
    guest_string_free(server);
    guest_string_free(to);
    return sent;
}

static const char *const PHASES[] = {
    "lookup", "connect", "tls",  "greeting", "hello",      "starttls", "auth",
    "mail",   "rcpt",    "data", "content",  "acceptance", "quit",     "other",
};

static void print_reply(FILE *out, const envoi_mail_smtp_reply_t *reply) {
    fprintf(out, "%d", reply->code);
    for (size_t i = 0; i < reply->lines.len; i++) {
        fprintf(out, " %.*s", STRING(reply->lines.ptr[i]));
    }
}

static void refusals(FILE *out, const envoi_mail_smtp_list_recipient_reply_t *refused) {
    for (size_t i = 0; i < refused->len; i++) {
        fprintf(out, "%sthe server refuses %.*s: ", i == 0 ? "" : "; ",
                STRING(refused->ptr[i].recipient));
        print_reply(out, &refused->ptr[i].reply);
    }
}

static void no_answer(FILE *out, envoi_mail_smtp_phase_t phase) {
    if (phase == ENVOI_MAIL_SMTP_PHASE_ACCEPTANCE) {
        /* Whoever sends it again may deliver it twice. */
        fprintf(out, "the server did not answer to the message, which is perhaps delivered");
    } else {
        fprintf(out, "the server did not answer at %s, and nothing is delivered", PHASES[phase]);
    }
}

/* Why a message was not sent, for people. */
static void why(FILE *out, const envoi_mail_smtp_error_t *error) {
    switch (error->tag) {
    case ENVOI_MAIL_SMTP_ERROR_INVALID_ARGUMENT:
        fprintf(out, "%.*s", STRING(error->val.invalid_argument));
        break;
    case ENVOI_MAIL_SMTP_ERROR_LOOKUP_FAILED:
        fprintf(out, "%.*s", STRING(error->val.lookup_failed));
        break;
    case ENVOI_MAIL_SMTP_ERROR_CONNECT_FAILED:
        fprintf(out, "%.*s", STRING(error->val.connect_failed));
        break;
    case ENVOI_MAIL_SMTP_ERROR_TLS_FAILED:
        fprintf(out, "%.*s", STRING(error->val.tls_failed.f1));
        break;
    case ENVOI_MAIL_SMTP_ERROR_REJECTED: /* 4yz is worth another try, 5yz is not. */
        fprintf(out, "the server refuses at %s: ", PHASES[error->val.rejected.phase]);
        print_reply(out, &error->val.rejected.reply);
        break;
    case ENVOI_MAIL_SMTP_ERROR_RECIPIENTS_REFUSED:
        refusals(out, &error->val.recipients_refused);
        break;
    case ENVOI_MAIL_SMTP_ERROR_TIMEOUT:
        no_answer(out, error->val.timeout);
        break;
    case ENVOI_MAIL_SMTP_ERROR_DISCONNECTED:
        no_answer(out, error->val.disconnected);
        break;
    default:
        fprintf(out, "case %d of the variant `error`", error->tag);
    }
}
