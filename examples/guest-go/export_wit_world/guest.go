// Package export_wit_world has the functions that the world exports.
package export_wit_world

import (
	wit "go.bytecodealliance.org/pkg/wit/types"
	smtp "wit_component/envoi_mail_smtp"
)

// 20 seconds, in nanoseconds, because the caller waits.
const timeout uint64 = 20_000_000_000

func Welcome(server, to string) wit.Result[string, string] {
	message := "From: shop@example.org\nTo: " + to +
		"\nSubject: Welcome\n\nGood to have you here.\n"
	sent := smtp.SendMail(server, "shop@example.org", []string{to}, []byte(message), wit.Some(timeout))
	if sent.IsErr() {
		return wit.Err[string, string](smtp.Explain(sent.Err()).Sentence)
	}
	receipt := sent.Ok()
	// If there are several recipients, some may be refused while others get the message.
	if len(receipt.Refused) > 0 {
		refused := receipt.Refused[0]
		return wit.Err[string, string](refused.Recipient + ": " + refused.Reply.Text)
	}
	return wit.Ok[string, string](receipt.Accepted[0].Reply.Text)
}
