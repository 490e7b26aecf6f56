#define _GNU_SOURCE
#include <stdio.h>

#include "guest.h"

/* For printf's "%.*s": a string of WIT has a length, and no NUL at its end. */
#define STRING(string) (int)(string).len, (const char *)(string).ptr

/* Everything that is printed to the stream is in `string` after fclose. The caller frees it. */
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
    /* 20 seconds, in nanoseconds, because the caller waits. */
    envoi_mail_smtp_duration_t timeout = 20000000000;
    envoi_mail_smtp_receipt_t receipt;
    envoi_mail_smtp_error_t error;
    bool sent = envoi_mail_smtp_send_mail(server, &sender, &recipients, &content, &timeout,
                                          &receipt, &error);

    if (sent) {
        const guest_string_t *answer;
        /* If there are several recipients, some may be refused while others get the message. */
        if (receipt.refused.len > 0) {
            answer = &receipt.refused.ptr[0].reply.text;
            guest_string_dup_n(err, (const char *)answer->ptr, answer->len);
            sent = false;
        } else {
            answer = &receipt.accepted.ptr[0].reply.text;
            guest_string_dup_n(ret, (const char *)answer->ptr, answer->len);
        }
        envoi_mail_smtp_receipt_free(&receipt);
    } else {
        envoi_mail_smtp_explanation_t explanation;
        envoi_mail_smtp_explain(&error, &explanation);
        /* The caller frees the results of an export. */
        *err = explanation.sentence;
        envoi_mail_smtp_error_free(&error);
    }

    /* An export frees its arguments. */
    guest_string_free(&message);
    guest_string_free(server);
    guest_string_free(to);
    return sent;
}
