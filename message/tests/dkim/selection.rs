//! The fields that are signed.

use envoi_message::dkim::{SetupError, Signer};

use crate::{NOW, signer, tag};

fn listed(signer: &Signer, header: &str) -> String {
    let message = header.to_owned() + "From: a@example.org\r\n\r\n";
    let field = signer.sign(message.as_bytes(), NOW).unwrap();
    tag(&field, "h").unwrap()
}

fn choose(names: &[&str]) -> Result<Signer, SetupError> {
    let mut signer = signer();
    let names: Vec<String> = names.iter().map(|name| (*name).into()).collect();
    signer.set_headers(&names).map(|()| signer)
}

#[test]
fn fields_that_no_server_adds_are_oversigned_even_if_the_message_has_none() {
    assert_eq!(
        listed(&signer(), ""),
        "From:From:Reply-To:To:Cc:Subject:In-Reply-To:References"
    );
}

#[test]
fn fields_that_stand_once_are_oversigned_if_the_message_has_them() {
    let header =
        "Date: x\r\nMessage-ID: x\r\nSender: x\r\nMIME-Version: x\r\nSubject: x\r\nCc: x\r\n";
    assert_eq!(
        listed(&signer(), header),
        "From:From:Sender:Sender:Reply-To:To:Cc:Cc:Subject:Subject:Date:Date:Message-ID:Message-ID:In-Reply-To:\
         References:MIME-Version:MIME-Version"
    );
}

#[test]
fn all_content_and_list_fields_are_signed_under_the_names_that_they_have() {
    let header = "content-type: x\r\nContent-Language: x\r\nList-Unsubscribe: x\r\nLIST-Unsubscribe-Post: x\r\n";
    let listed = listed(&signer(), header);
    let end = "content-type:content-type:Content-Language:Content-Language:List-Unsubscribe:List-Unsubscribe:\
        LIST-Unsubscribe-Post:LIST-Unsubscribe-Post";
    assert!(listed.ends_with(end), "{listed}");
}

#[test]
fn fields_that_repeat_are_signed_as_often_as_they_are_there() {
    let header = "Resent-To: x\r\nResent-From: x\r\nResent-To: y\r\nSubject: x\r\nsubject: y\r\n";
    let listed = listed(&signer(), header);
    assert!(
        listed.ends_with(":Resent-From:Resent-To:Resent-To"),
        "{listed}"
    );
    assert!(listed.contains(":Subject:Subject:Subject:"), "{listed}");
}

#[test]
fn what_changes_on_the_way_is_not_signed() {
    let header = "Received: x\r\nReturn-Path: x\r\nBcc: x\r\nResent-Bcc: x\r\nDKIM-Signature: x\r\nX-A: x\r\n\
        Authentication-Results: x\r\nContent-;: x\r\nContentType: x\r\nLists-A: x\r\n";
    assert_eq!(listed(&signer(), header), listed(&signer(), ""));
}

#[test]
fn chosen_fields_are_signed_by_the_same_rules() {
    let signer = choose(&["from", "X-A", "Date", "subject"]).unwrap();
    assert_eq!(listed(&signer, ""), "from:from:subject");
    assert_eq!(
        listed(&signer, "X-A: x\r\nX-A: y\r\nDate: x\r\nCc: x\r\n"),
        "from:from:X-A:X-A:Date:Date:subject"
    );
}

#[test]
fn a_choice_that_cannot_be_signed_is_refused_and_the_last_one_stays() {
    let refused = |names: &[&str]| choose(names).unwrap_err();
    assert_eq!(refused(&[]), SetupError::FromNotSigned);
    assert_eq!(refused(&["Subject"]), SetupError::FromNotSigned);
    assert_eq!(
        refused(&["From", "To", "FROM"]),
        SetupError::FieldTwice("From".into())
    );
    for name in ["", "a b", "a:b", "a;b", "a\r\nb", "ü", "a="] {
        assert_eq!(refused(&["From", name]), SetupError::FieldName(name.into()));
    }
    for name in ["received", "Return-Path", "BCC", "DKIM-Signature"] {
        assert_eq!(
            refused(&["From", name]),
            SetupError::ChangedOnTheWay(name.into())
        );
    }
    let mut signer = choose(&["From", "X-A"]).unwrap();
    signer.set_headers(&[]).unwrap_err();
    assert_eq!(listed(&signer, "X-A: x\r\n"), "From:From:X-A");
}

#[test]
fn a_refusal_shows_the_beginning_of_a_long_name_on_one_line() {
    let long = format!("X-\r\n{}", "x".repeat(100_000));
    let key = include_bytes!("../keys/ed25519.pem");
    let domain = Signer::new(&long, "one", key).unwrap_err();
    let selector = Signer::new("mail.test", &long, key).unwrap_err();
    for error in [domain, selector, choose(&["From", &long]).unwrap_err()] {
        let text = error.to_string();
        assert!(text.len() < 200 && !text.contains(['\r', '\n']), "{text}");
    }
}

#[test]
fn a_name_that_would_make_a_line_of_the_signature_too_long_is_not_signed() {
    // A field's own line may have 998 octets (RFC 5322, section 2.1.1), with the colon.
    let name = format!("List-{}", "a".repeat(992));
    let field = signer().sign(format!("From: a@b\r\n{name}:\r\n\r\n").as_bytes(), 1);
    let field = field.unwrap();
    assert!(field.lines().all(|line| line.len() <= 998));
    assert!(!field.contains(&name));
    assert_eq!(
        choose(&["From", &name]).unwrap_err(),
        SetupError::FieldName(name)
    );
}
