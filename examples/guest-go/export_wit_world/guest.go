// Package export_wit_world has what the world exports.
package export_wit_world

import (
	"fmt"
	"strings"

	wit "go.bytecodealliance.org/pkg/wit/types"
	smtp "wit_component/envoi_mail_smtp"
)

func Welcome(server, to string) wit.Result[string, string] {
	message := "From: shop@example.org\nTo: " + to +
		"\nSubject: Welcome\n\nGood to have you here.\n"
	sent := smtp.SendMail(server, "shop@example.org", []string{to}, []byte(message))
	if sent.IsErr() {
		return wit.Err[string, string](why(sent.Err()))
	}
	return wit.Ok[string, string](strings.Join(sent.Ok().Accepted[0].Reply.Lines, "\n"))
}

// why a message was not sent, for people.
func why(err smtp.Error) string {
	switch err.Tag() {
	case smtp.ErrorInvalidArgument:
		return err.InvalidArgument()
	case smtp.ErrorLookupFailed:
		return err.LookupFailed()
	case smtp.ErrorConnectFailed:
		return err.ConnectFailed()
	case smtp.ErrorTlsFailed:
		return err.TlsFailed().F1
	case smtp.ErrorRejected: // 4yz is worth another try, 5yz is not.
		rejection := err.Rejected()
		return fmt.Sprintf("the server refuses at %s: %s",
			phases[rejection.Phase], words(rejection.Reply))
	case smtp.ErrorRecipientsRefused:
		var lines []string
		for _, refused := range err.RecipientsRefused() {
			lines = append(lines, fmt.Sprintf("the server refuses %s: %s",
				refused.Recipient, words(refused.Reply)))
		}
		return strings.Join(lines, "; ")
	case smtp.ErrorTimeout:
		return noAnswer(err.Timeout())
	case smtp.ErrorDisconnected:
		return noAnswer(err.Disconnected())
	default:
		return fmt.Sprintf("case %d of the variant `error`", err.Tag())
	}
}

func noAnswer(phase smtp.Phase) string {
	if phase == smtp.PhaseAcceptance {
		// Whoever sends it again may deliver it twice.
		return "the server did not answer to the message, which is perhaps delivered"
	}
	return fmt.Sprintf("the server did not answer at %s, and nothing is delivered", phases[phase])
}

func words(reply smtp.Reply) string {
	return fmt.Sprintf("%d %s", reply.Code, strings.Join(reply.Lines, " "))
}

var phases = [...]string{
	"lookup", "connect", "tls", "greeting", "hello", "starttls", "auth",
	"mail", "rcpt", "data", "content", "acceptance", "quit", "other",
}
