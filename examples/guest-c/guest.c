#define _GNU_SOURCE
#include <stdio.h>

#include "guest.h"

/* A string of WIT for printf's "%.*s": it has no NUL at its end. */
#define STRING(string) (int)(string).len, (const char *)(string).ptr

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

    if (sent) {
        const guest_list_string_t *lines = &receipt.accepted.ptr[0].reply.lines;
        out = print_to(ret);
        for (size_t i = 0; i < lines->len; i++) {
            fprintf(out, "%s%.*s", i == 0 ? "" : "\n", STRING(lines->ptr[i]));
        }
        fclose(out);
        envoi_mail_smtp_receipt_free(&receipt);
    } else {
        envoi_mail_smtp_explanation_t explanation;
        envoi_mail_smtp_explain(&error, &explanation);
        /* What an export returns is freed for it. */
        *err = explanation.sentence;
        envoi_mail_smtp_error_free(&error);
    }

    /* Arguments of an export are its own. */
    guest_string_free(&message);
    guest_string_free(server);
    guest_string_free(to);
    return sent;
}
