// Package export_wit_world has what the world exports.
package export_wit_world

import (
	"strings"

	wit "go.bytecodealliance.org/pkg/wit/types"
	smtp "wit_component/envoi_mail_smtp"
)

func Welcome(server, to string) wit.Result[string, string] {
	message := "From: shop@example.org\nTo: " + to +
		"\nSubject: Welcome\n\nGood to have you here.\n"
	sent := smtp.SendMail(server, "shop@example.org", []string{to}, []byte(message))
	if sent.IsErr() {
		return wit.Err[string, string](smtp.Explain(sent.Err()).Sentence)
	}
	return wit.Ok[string, string](strings.Join(sent.Ok().Accepted[0].Reply.Lines, "\n"))
}
