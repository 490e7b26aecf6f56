#include "guest.h"

#define STRING(text) {.ptr = (uint8_t *)(text), .len = sizeof(text) - 1}

static guest_string_t sender = STRING("shop@example.org"), subject = STRING("Welcome to our café"),
                      text = STRING("Good to have you here.\n"),
                      html = STRING("<p>Good to have you <b>here</b>.</p>\n");
static envoi_mail_compose_attachment_t voucher = {.name = {true, STRING("voucher.txt")},
                                                  .content_type = STRING("text/plain"),
                                                  .content = STRING("CAFE10\n")};

static bool compose(guest_string_t *to, envoi_mail_compose_composed_t *mail,
                    envoi_mail_compose_invalid_t *invalid) {
    envoi_mail_compose_address_t author = {{true, STRING("The Shop")}, sender};
    envoi_mail_compose_address_t recipient = {.mailbox = *to};
    envoi_mail_compose_list_address_t from = {&author, 1}, recipients = {&recipient, 1};
    envoi_mail_compose_own_draft_t own = envoi_mail_compose_constructor_draft();
    envoi_mail_compose_borrow_draft_t draft = envoi_mail_compose_borrow_draft(own);
    envoi_mail_compose_method_draft_set_text(draft, &text);
    envoi_mail_compose_method_draft_set_html(draft, &html);
    bool composed = envoi_mail_compose_method_draft_set_from(draft, &from, invalid) &&
                    envoi_mail_compose_method_draft_set_to(draft, &recipients, invalid) &&
                    envoi_mail_compose_method_draft_set_subject(draft, &subject, invalid) &&
                    envoi_mail_compose_method_draft_attach(draft, &voucher, invalid) &&
                    envoi_mail_compose_method_draft_compose(draft, mail, invalid);
    envoi_mail_compose_draft_drop_own(own);
    return composed;
}

bool exports_guest_welcome(guest_string_t *server, guest_string_t *to, guest_string_t *ret,
                           guest_string_t *err) {
    envoi_mail_compose_composed_t mail = {0};
    envoi_mail_compose_invalid_t invalid;
    envoi_mail_smtp_receipt_t receipt;
    envoi_mail_smtp_error_t error;
    uint64_t timeout = 20000000000; /* 20 seconds, in nanoseconds, because the caller waits. */
    bool sent = false;
    if (!compose(to, &mail, &invalid)) {
        *err = invalid.reason; /* The caller frees the results of an export. */
        guest_string_free(&invalid.field);
    } else if (!envoi_mail_smtp_send_mail(
                   server, &sender,
                   &(envoi_mail_smtp_list_mailbox_t){mail.recipients.ptr, mail.recipients.len},
                   &mail.message, &timeout, &receipt, &error)) {
        envoi_mail_smtp_explanation_t explanation;
        envoi_mail_smtp_explain(&error, &explanation);
        *err = explanation.sentence;
        envoi_mail_smtp_error_free(&error);
    } else {
        /* If there are several recipients, some may be refused while others get the message. */
        sent = receipt.refused.len == 0;
        guest_string_t answer = (sent ? receipt.accepted : receipt.refused).ptr[0].reply.text;
        guest_string_dup_n(sent ? ret : err, (const char *)answer.ptr, answer.len);
        envoi_mail_smtp_receipt_free(&receipt);
    }
    envoi_mail_compose_composed_free(&mail);
    guest_string_free(server); /* An export frees its arguments. */
    guest_string_free(to);
    return sent;
}
