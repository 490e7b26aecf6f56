use super::*;
use crate::smtp::content_scan::scan;
use crate::smtp::parameters::DsnContents;
use crate::smtp::reply::Reply;

const MESSAGE: ContentScan = ContentScan {
    size: 1000,
    eight_bit: None,
    utf8_header: None,
};

/// The parameters for a server that offers `lines`, with an ASCII envelope, inside TLS.
fn said(options: &Options, lines: &[&str], survey: Option<&ContentScan>) -> Result<String, Error> {
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

/// The error has the keyword for programs, and `words` for people.
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
fn a_server_without_extensions_gets_no_parameters() {
    assert_eq!(
        said(&Options::default(), &[], Some(&MESSAGE)),
        Ok("".into())
    );
}

// Conformance: 55, 56
#[test]
fn size_and_8bitmime_are_declared_if_they_are_offered() {
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
    // The size of a whole message counts, not the size that was set.
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
    let asked = options(|o| o.set_body(BodyType::EightBitMime));
    let words = ["set-body-type(eight-bit-mime)", "quoted-printable"];
    is_unavailable(said(&asked, &[], None), "8BITMIME", &words);
    assert_eq!(
        said(&asked, &["8BITMIME"], None),
        Ok(" BODY=8BITMIME".into())
    );
}

// Conformance: 38
#[test]
fn binary_content_needs_binarymime_and_chunking() {
    let asked = options(|o| o.set_body(BodyType::BinaryMime));
    let all = ["8BITMIME", "BINARYMIME", "CHUNKING"];
    assert_eq!(said(&asked, &all, None), Ok(" BODY=BINARYMIME".into()));
    for (lines, keyword) in [
        (["8BITMIME", "BINARYMIME"], "CHUNKING"),
        (["8BITMIME", "CHUNKING"], "BINARYMIME"),
    ] {
        let words = ["set-body-type(binary-mime)", "base64"];
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
fn smtputf8_is_declared_only_if_an_address_or_a_header_needs_it() {
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
    // The error names the field even if the options ask for SMTPUTF8 too.
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
fn binary_content_needs_smtputf8_only_for_a_header_in_utf8() {
    let asked = options(|o| o.set_body(BodyType::BinaryMime));
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
fn requiretls_is_declared_only_inside_tls_and_if_it_is_offered_there() {
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

/// `asked` gives the parameter if the extension is offered, and otherwise an error that names `option`.
#[track_caller]
fn is_declared_or_unavailable(extension: &str, asked: &Options, parameter: &str, option: &str) {
    assert_eq!(said(asked, &[extension], None), Ok(parameter.into()));
    is_unavailable(said(asked, &["HELP"], None), extension, &[option]);
}

// Conformance: 14, 58
#[test]
fn notifications_are_requested_if_dsn_is_offered_and_are_an_error_otherwise() {
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
        is_declared_or_unavailable(extension, &asked, parameter, option);
    }
}

// Conformance: 14, 50
#[test]
fn each_option_is_declared_if_its_extension_is_offered_and_is_an_error_otherwise() {
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
        is_declared_or_unavailable(extension, &asked, parameter, option);
    }
}

#[test]
fn times_out_of_the_servers_range_are_invalid_arguments() {
    let by = |seconds, returned| options(|o| o.set_deliver_by(seconds, returned, false).unwrap());
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
fn custom_parameters_come_last_and_need_no_extension() {
    let asked = options(|o| {
        o.add_parameter("XVERP", None).unwrap();
        o.add_parameter("X-Trace", Some("1")).unwrap();
    });
    assert_eq!(
        said(&asked, &["SIZE"], Some(&MESSAGE)),
        Ok(" SIZE=1000 XVERP X-Trace=1".into())
    );
}
