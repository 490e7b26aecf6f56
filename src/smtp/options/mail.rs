//! The parameters of MAIL.
//!
//! ```text
//! MAIL FROM:<ann@example.org> SIZE=1000 BODY=8BITMIME RET=HDRS ENVID=QQ314159
//! ```

use super::parameters::Parameters;
use super::{Body, Options};
use crate::smtp::content_scan::ContentScan;
use crate::smtp::error::{Error, UnavailableExtension};
use crate::smtp::extensions::Extensions;

/// All that MAIL's parameters depend on besides the options.
#[derive(Clone, Copy)]
pub struct MailContext<'a> {
    pub extensions: &'a Extensions,
    /// Whether the session is within TLS, the server's certificate verified.
    pub secure: bool,
    /// Whether BDAT may be used where CHUNKING is offered.
    pub may_chunk: bool,
    /// Whether all addresses, as they will be sent, are ASCII: any other was checked against what the
    /// server offers.
    pub envelope_ascii: bool,
    /// Of a message that is there already.
    pub survey: Option<&'a ContentScan>,
}

impl Options {
    /// Each with a space before it.
    pub fn mail_parameters(&self, context: &MailContext<'_>) -> Result<String, Error> {
        let mut parameters = Parameters::of(context.extensions);
        self.describe_message(context, &mut parameters)?;
        self.describe_notifications(&mut parameters)?;
        self.describe_handling(context, &mut parameters)?;
        for extra in self.extras.iter() {
            parameters.push(extra);
        }
        Ok(parameters.into_text())
    }

    /// SIZE, BODY and SMTPUTF8.
    fn describe_message(
        &self,
        context: &MailContext<'_>,
        parameters: &mut Parameters<'_>,
    ) -> Result<(), Error> {
        let extensions = context.extensions;
        if let Some(size) = context.survey.map(|survey| survey.size).or(self.size) {
            // RFC 1870, section 7: there is no point in trying.
            if let Some(limit) = extensions.size_limit().filter(|&limit| size > limit) {
                return Err(Error::MessageTooLarge(limit));
            }
            if extensions.has("SIZE") {
                parameters.push(format_args!("SIZE={size}"));
            }
        }
        self.describe_body(context, parameters)?;
        self.describe_utf8(context, parameters)
    }

    fn describe_body(
        &self,
        context: &MailContext<'_>,
        parameters: &mut Parameters<'_>,
    ) -> Result<(), Error> {
        let is_offered = context.extensions.has("8BITMIME");
        let place = context.survey.and_then(|survey| survey.eight_bit);
        match (self.body, place) {
            (Some(Body::BinaryMime), _) => self.describe_binary(context, parameters)?,
            (_, Some(place)) if !is_offered => return Err(place.needs_8bitmime()),
            (Some(Body::EightBitMime), _) if !is_offered => {
                let instead = "leave that out, and send quoted-printable or base64";
                let option = "set-body(eight-bit-mime)";
                context.extensions.require("8BITMIME", option, instead)?;
            }
            _ if is_offered => parameters.push("BODY=8BITMIME"),
            _ => {}
        }
        Ok(())
    }

    /// DATA could not carry it (RFC 3030, section 3).
    fn describe_binary(
        &self,
        context: &MailContext<'_>,
        parameters: &mut Parameters<'_>,
    ) -> Result<(), Error> {
        if !context.may_chunk {
            return Err(Error::ExtensionUnavailable(UnavailableExtension {
                keyword: "CHUNKING".into(),
                reason:
                    "set-body(binary-mime) needs BDAT, which set-chunking forbids: allow it, or \
                         send the content as base64"
                        .into(),
            }));
        }
        for keyword in ["CHUNKING", "BINARYMIME"] {
            let instead = "leave that out, and send the content as base64";
            let option = "set-body(binary-mime)";
            context.extensions.require(keyword, option, instead)?;
        }
        parameters.push("BODY=BINARYMIME");
        Ok(())
    }

    /// SMTPUTF8 only where it is needed (RFC 6531, section 3.4).
    fn describe_utf8(
        &self,
        context: &MailContext<'_>,
        parameters: &mut Parameters<'_>,
    ) -> Result<(), Error> {
        let field = context.survey.and_then(|survey| survey.utf8_header);
        match field {
            Some(field) if !context.extensions.has("SMTPUTF8") => Err(field.needs_smtputf8()),
            None if context.envelope_ascii && !self.smtputf8 => Ok(()),
            _ if self.smtputf8 => parameters.push_of("SMTPUTF8", "set-smtputf8", "SMTPUTF8"),
            _ => parameters.push_of("SMTPUTF8", "an address", "SMTPUTF8"),
        }
    }

    /// RET and ENVID.
    fn describe_notifications(&self, parameters: &mut Parameters<'_>) -> Result<(), Error> {
        if let Some(contents) = self.dsn_contents {
            parameters.push_of(
                "DSN",
                "set-dsn-contents",
                format_args!("RET={}", contents.value()),
            )?;
        }
        if let Some(id) = &self.envelope_id {
            parameters.push_of("DSN", "set-envelope-id", format_args!("ENVID={id}"))?;
        }
        Ok(())
    }

    /// How fast, and on whose behalf.
    fn describe_handling(
        &self,
        context: &MailContext<'_>,
        parameters: &mut Parameters<'_>,
    ) -> Result<(), Error> {
        if self.require_tls {
            // Offered or not: RFC 8689, section 4.2.1.
            if !context.secure {
                return Err(Error::ExtensionUnavailable(UnavailableExtension {
                    keyword: "REQUIRETLS".into(),
                    reason: "set-require-tls needs TLS from here on (RFC 8689, section 4.2.1): \
                             set-security(implicit-tls) or set-security(starttls)"
                        .into(),
                }));
            }
            parameters.push_of("REQUIRETLS", "set-require-tls", "REQUIRETLS")?;
        }
        if let Some(deliver_by) = self.deliver_by {
            parameters.push_of(
                "DELIVERBY",
                "set-deliver-by",
                deliver_by.parameter(context.extensions)?,
            )?;
        }
        if let Some(priority) = self.priority {
            parameters.push_of(
                "MT-PRIORITY",
                "set-priority",
                format_args!("MT-PRIORITY={priority}"),
            )?;
        }
        if let Some(seconds) = self.hold_for {
            check_hold(seconds, context.extensions)?;
            parameters.push_of(
                "FUTURERELEASE",
                "set-hold-for",
                format_args!("HOLDFOR={seconds}"),
            )?;
        }
        if let Some(submitter) = &self.submitter {
            parameters.push_of("AUTH", "set-submitter", format_args!("AUTH={submitter}"))?;
        }
        Ok(())
    }
}

fn check_hold(seconds: u32, extensions: &Extensions) -> Result<(), Error> {
    match extensions.maximum_hold() {
        Some(maximum) if seconds > maximum => Err(Error::InvalidArgument(format!(
            "hold for: the server takes no more than {maximum} seconds"
        ))),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::smtp::content_scan::scan;
    use crate::smtp::options::DsnContents;
    use crate::smtp::reply::Reply;

    const MESSAGE: ContentScan = ContentScan {
        size: 1000,
        eight_bit: None,
        utf8_header: None,
    };

    /// What a server that offers `lines` would be told of an ASCII envelope within TLS.
    fn said(
        options: &Options,
        lines: &[&str],
        survey: Option<&ContentScan>,
    ) -> Result<String, Error> {
        options.mail_parameters(&MailContext {
            extensions: &offered(lines),
            secure: true,
            may_chunk: true,
            envelope_ascii: true,
            survey,
        })
    }

    fn offered(lines: &[&str]) -> Extensions {
        let lines = [&["mail.example.org"], lines].concat();
        Extensions::from_reply(&Reply {
            code: 250,
            enhanced: None,
            lines: lines.into_iter().map(String::from).collect(),
        })
    }

    fn options(set: impl FnOnce(&mut Options)) -> Options {
        let mut options = Options::default();
        set(&mut options);
        options
    }

    /// The keyword is for programs; people are told who needs it, and what to do.
    #[track_caller]
    fn is_unavailable(said: Result<String, Error>, keyword: &str, words: &[&str]) {
        let Err(Error::ExtensionUnavailable(unavailable)) = said else {
            panic!("{keyword}: {said:?}")
        };
        assert_eq!(unavailable.keyword, keyword);
        let reason = &unavailable.reason;
        assert!(words.iter().all(|word| reason.contains(word)), "{reason}");
    }

    // Conformance: 14
    #[test]
    fn a_server_without_extensions_is_told_nothing() {
        assert_eq!(
            said(&Options::default(), &[], Some(&MESSAGE)),
            Ok("".into())
        );
    }

    // Conformance: 55, 56
    #[test]
    fn size_and_8bitmime_are_declared_wherever_they_are_offered() {
        let none = Options::default();
        let lines = [
            "SIZE",
            "8BITMIME",
            "SMTPUTF8",
            "DSN",
            "CHUNKING",
            "BINARYMIME",
        ];
        assert_eq!(
            said(&none, &lines, Some(&MESSAGE)),
            Ok(" SIZE=1000 BODY=8BITMIME".into())
        );
        assert_eq!(said(&none, &lines, None), Ok(" BODY=8BITMIME".into()));
        assert_eq!(
            said(&none, &["SIZE"], Some(&MESSAGE)),
            Ok(" SIZE=1000".into())
        );
    }

    // Conformance: 56
    #[test]
    fn a_message_over_the_servers_limit_is_not_declared() {
        let limit = |lines, survey| said(&options(|o| o.set_size(1001)), lines, survey);
        assert_eq!(
            limit(&["SIZE 1000"], None),
            Err(Error::MessageTooLarge(1000))
        );
        assert_eq!(limit(&["SIZE 0"], None), Ok(" SIZE=1001".into()));
        // What is known is better than what was announced.
        assert_eq!(
            limit(&["SIZE 1000"], Some(&MESSAGE)),
            Ok(" SIZE=1000".into())
        );
        assert_eq!(
            said(&Options::default(), &["SIZE 999"], Some(&MESSAGE)),
            Err(Error::MessageTooLarge(999))
        );
    }

    // Conformance: 55
    #[test]
    fn eight_bit_content_needs_8bitmime() {
        let survey = scan("Subject: x\n\nZoë".as_bytes()).unwrap();
        let none = Options::default();
        let words = ["line 3 of the message", "quoted-printable"];
        is_unavailable(said(&none, &[], Some(&survey)), "8BITMIME", &words);
        assert_eq!(
            said(&none, &["8BITMIME"], Some(&survey)),
            Ok(" BODY=8BITMIME".into())
        );
        let asked = options(|o| o.set_body(Body::EightBitMime));
        let words = ["set-body(eight-bit-mime)", "quoted-printable"];
        is_unavailable(said(&asked, &[], None), "8BITMIME", &words);
        assert_eq!(
            said(&asked, &["8BITMIME"], None),
            Ok(" BODY=8BITMIME".into())
        );
    }

    // Conformance: 38
    #[test]
    fn binary_content_needs_binarymime_and_chunking() {
        let asked = options(|o| o.set_body(Body::BinaryMime));
        let all = ["8BITMIME", "BINARYMIME", "CHUNKING"];
        assert_eq!(said(&asked, &all, None), Ok(" BODY=BINARYMIME".into()));
        for (lines, keyword) in [
            (["8BITMIME", "BINARYMIME"], "CHUNKING"),
            (["8BITMIME", "CHUNKING"], "BINARYMIME"),
        ] {
            let words = ["set-body(binary-mime)", "base64"];
            is_unavailable(said(&asked, &lines, None), keyword, &words);
        }
        let without_bdat = MailContext {
            extensions: &offered(&all),
            secure: true,
            may_chunk: false,
            envelope_ascii: true,
            survey: None,
        };
        let words = ["set-chunking", "base64"];
        is_unavailable(asked.mail_parameters(&without_bdat), "CHUNKING", &words);
    }

    // Conformance: 54
    #[test]
    fn smtputf8_is_said_where_an_address_or_a_header_needs_it_and_only_there() {
        let said = |required, envelope_ascii, lines: &[&str]| {
            options(|o| o.set_smtputf8(required)).mail_parameters(&MailContext {
                extensions: &offered(lines),
                secure: false,
                may_chunk: true,
                envelope_ascii,
                survey: None,
            })
        };
        assert_eq!(said(false, true, &["SMTPUTF8"]), Ok("".into()));
        assert_eq!(said(true, true, &["SMTPUTF8"]), Ok(" SMTPUTF8".into()));
        assert_eq!(said(false, false, &["SMTPUTF8"]), Ok(" SMTPUTF8".into()));
        is_unavailable(said(true, true, &[]), "SMTPUTF8", &["set-smtputf8"]);
    }

    // Conformance: 53, 54
    #[test]
    fn a_header_in_utf8_needs_smtputf8() {
        let utf8 = scan("Subject: Zoë".as_bytes()).unwrap();
        let none = Options::default();
        let size = utf8.size;
        assert_eq!(
            said(&none, &["SIZE", "8BITMIME", "SMTPUTF8"], Some(&utf8)),
            Ok(format!(" SIZE={size} BODY=8BITMIME SMTPUTF8"))
        );
        let words = ["the header field `Subject`", "encoded words (RFC 2047)"];
        is_unavailable(said(&none, &["8BITMIME"], Some(&utf8)), "SMTPUTF8", &words);
        is_unavailable(said(&none, &[], Some(&utf8)), "8BITMIME", &words);
        // Asked for or not, the field is what needs it.
        let asked = options(|o| o.set_smtputf8(true));
        is_unavailable(said(&asked, &["8BITMIME"], Some(&utf8)), "SMTPUTF8", &words);
    }

    // Conformance: 54
    #[test]
    fn a_body_in_utf8_and_a_header_in_another_character_set_need_8bitmime_alone() {
        let none = Options::default();
        let lines = ["8BITMIME", "SMTPUTF8"];
        for message in ["Zoë\r\n".as_bytes(), b"Subject: Facture re\xe7ue\r\n\r\n"] {
            let survey = scan(message).unwrap();
            for lines in [&lines[..], &lines[..1]] {
                assert_eq!(
                    said(&none, lines, Some(&survey)),
                    Ok(" BODY=8BITMIME".into())
                );
            }
        }
    }

    // Conformance: 38, 54
    #[test]
    fn of_binary_content_only_a_header_in_utf8_needs_smtputf8() {
        let asked = options(|o| o.set_body(Body::BinaryMime));
        let all = ["BINARYMIME", "CHUNKING", "SMTPUTF8"];
        for (message, parameters) in [
            ("Subject: x\r\n\r\nZoë", " BODY=BINARYMIME"),
            ("Zoë", " BODY=BINARYMIME"),
            ("Subject: Zoë", " BODY=BINARYMIME SMTPUTF8"),
        ] {
            let survey = ContentScan::binary(message.as_bytes());
            assert_eq!(said(&asked, &all, Some(&survey)), Ok(parameters.into()));
        }
        let survey = ContentScan::binary("Subject: Zoë".as_bytes());
        is_unavailable(
            said(&asked, &all[..2], Some(&survey)),
            "SMTPUTF8",
            &["`Subject`"],
        );
    }

    // Conformance: 60
    #[test]
    fn requiretls_is_said_within_tls_and_where_it_is_offered_there() {
        let asked = options(|o| o.set_require_tls(true));
        let lines = ["REQUIRETLS"];
        assert_eq!(said(&asked, &lines, None), Ok(" REQUIRETLS".into()));
        is_unavailable(said(&asked, &[], None), "REQUIRETLS", &["set-require-tls"]);
        let in_the_clear = MailContext {
            extensions: &offered(&lines),
            secure: false,
            may_chunk: true,
            envelope_ascii: true,
            survey: None,
        };
        let words = ["set-require-tls", "set-security"];
        is_unavailable(asked.mail_parameters(&in_the_clear), "REQUIRETLS", &words);
    }

    /// The parameter of an option where its extension is offered, and an error that names it elsewhere.
    #[track_caller]
    fn is_said_or_unavailable(extension: &str, asked: &Options, parameter: &str, option: &str) {
        assert_eq!(said(asked, &[extension], None), Ok(parameter.into()));
        is_unavailable(said(asked, &["HELP"], None), extension, &[option]);
    }

    // Conformance: 14, 58
    #[test]
    fn notifications_are_asked_for_where_dsn_is_offered_and_are_an_error_elsewhere() {
        for (extension, asked, parameter, option) in [
            (
                "DSN",
                options(|o| o.set_dsn_contents(DsnContents::Full)),
                " RET=FULL",
                "set-dsn-contents",
            ),
            (
                "DSN",
                options(|o| o.set_dsn_contents(DsnContents::Headers)),
                " RET=HDRS",
                "set-dsn-contents",
            ),
            (
                "DSN",
                options(|o| o.set_envelope_id("a+b").unwrap()),
                " ENVID=a+2Bb",
                "set-envelope-id",
            ),
        ] {
            is_said_or_unavailable(extension, &asked, parameter, option);
        }
    }

    // Conformance: 14, 50
    #[test]
    fn each_option_is_said_where_its_extension_is_offered_and_is_an_error_elsewhere() {
        for (extension, asked, parameter, option) in [
            (
                "DELIVERBY",
                options(|o| o.set_deliver_by(120, true, true).unwrap()),
                " BY=120;RT",
                "set-deliver-by",
            ),
            (
                "DELIVERBY",
                options(|o| o.set_deliver_by(-60, false, false).unwrap()),
                " BY=-60;N",
                "set-deliver-by",
            ),
            (
                "MT-PRIORITY",
                options(|o| o.set_priority(-9).unwrap()),
                " MT-PRIORITY=-9",
                "set-priority",
            ),
            (
                "FUTURERELEASE",
                options(|o| o.set_hold_for(3600).unwrap()),
                " HOLDFOR=3600",
                "set-hold-for",
            ),
            (
                "AUTH",
                options(|o| o.set_submitter(Some("e+mc2=@example.org")).unwrap()),
                " AUTH=e+2Bmc2+3D@example.org",
                "set-submitter",
            ),
            (
                "AUTH",
                options(|o| o.set_submitter(None).unwrap()),
                " AUTH=<>",
                "set-submitter",
            ),
        ] {
            is_said_or_unavailable(extension, &asked, parameter, option);
        }
    }

    #[test]
    fn times_out_of_the_servers_range_are_invalid_arguments() {
        let by =
            |seconds, returned| options(|o| o.set_deliver_by(seconds, returned, false).unwrap());
        let hold = |seconds| options(|o| o.set_hold_for(seconds).unwrap());
        let lines = ["DELIVERBY 240", "FUTURERELEASE 86400 2030-01-01T00:00:00Z"];
        for (asked, limit) in [(by(239, true), "240"), (hold(86401), "86400")] {
            match said(&asked, &lines, None) {
                Err(Error::InvalidArgument(reason)) => assert!(reason.contains(limit), "{reason}"),
                other => panic!("{other:?}"),
            }
        }
        assert_eq!(said(&by(240, true), &lines, None), Ok(" BY=240;R".into()));
        assert_eq!(said(&by(10, false), &lines, None), Ok(" BY=10;N".into()));
        assert_eq!(
            said(&hold(86400), &lines, None),
            Ok(" HOLDFOR=86400".into())
        );
    }

    #[test]
    fn added_parameters_come_last_and_whatever_is_offered() {
        let asked = options(|o| {
            o.add_parameter("XVERP", None).unwrap();
            o.add_parameter("X-Trace", Some("1")).unwrap();
        });
        assert_eq!(
            said(&asked, &["SIZE"], Some(&MESSAGE)),
            Ok(" SIZE=1000 XVERP X-Trace=1".into())
        );
    }
}
