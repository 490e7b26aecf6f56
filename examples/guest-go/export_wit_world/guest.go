// Package export_wit_world has the functions that the world exports.
package export_wit_world

import (
	wit "go.bytecodealliance.org/pkg/wit/types"
	mail "wit_component/envoi_mail_compose"
	smtp "wit_component/envoi_mail_smtp"
)

const sender = "shop@example.org"

// 20 seconds, in nanoseconds, because the caller waits.
const timeout uint64 = 20_000_000_000

func Welcome(server, to string) wit.Result[string, string] {
	composed := compose(to)
	if composed.IsErr() {
		invalid := composed.Err()
		return wit.Err[string](invalid.Field + ": " + invalid.Reason)
	}
	message := composed.Ok()
	sent := smtp.SendMail(server, sender, message.Recipients, message.Message, wit.Some(timeout))
	if sent.IsErr() {
		return wit.Err[string](smtp.Explain(sent.Err()).Sentence)
	}
	receipt := sent.Ok()
	// If there are several recipients, some may be refused while others get the message.
	if len(receipt.Refused) > 0 {
		refused := receipt.Refused[0]
		return wit.Err[string](refused.Recipient + ": " + refused.Reply.Text)
	}
	return wit.Ok[string, string](receipt.Accepted[0].Reply.Text)
}

func compose(to string) wit.Result[mail.Composed, mail.Invalid] {
	draft := mail.MakeDraft()
	defer draft.Drop()
	draft.SetText("Good to have you here.\n")
	draft.SetHtml("<p>Good to have you <b>here</b>.</p>\n")
	for _, set := range []wit.Result[wit.Unit, mail.Invalid]{
		draft.SetFrom([]mail.Address{{Name: wit.Some("The Shop"), Mailbox: sender}}),
		draft.SetTo([]mail.Address{{Mailbox: to}}),
		draft.SetSubject("Welcome to our café"),
		draft.Attach(mail.Attachment{
			Name:        wit.Some("voucher.txt"),
			ContentType: "text/plain",
			Content:     []byte("CAFE10\n"),
		}),
	} {
		if set.IsErr() {
			return wit.Err[mail.Composed](set.Err())
		}
	}
	return draft.Compose()
}
