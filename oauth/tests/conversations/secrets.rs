//! No error shows a secret, even if the server repeats it.

use envoi_oauth::{Authentication, TokenSource};

use crate::support::*;

#[test]
fn secrets_in_the_servers_words_are_replaced() {
    for quoted in [
        "s3cret & more: 100%",
        "s3cret+%26+more%3A+100%25",
        "s3cret & m",
        "1//0refresh-token",
        "1%2F%2F0refresh-token",
        "0refresh",
    ] {
        let mut source = by_refresh_token();
        let refusal = refused("invalid_client", &format!("Unknown: {quoted}."));
        let failure = ask(&mut source, at(0), refusal).unwrap_err();
        assert!(failure.sentence.contains("Unknown: [secret]."), "{failure}");
        let refusal = refused(quoted, "No");
        let failure = ask(&mut source, at(0), refusal).unwrap_err();
        assert_eq!(failure.code.as_deref(), Some("[secret]"));
        assert!(!format!("{failure:?}").contains(quoted), "{failure:?}");
        let mut page = answer(200, "");
        page.content_type = Some(quoted.into());
        let failure = ask(&mut source, at(0), page).unwrap_err();
        assert!(!failure.sentence.contains(quoted), "{failure}");
    }
}

#[test]
fn the_authorization_header_is_replaced() {
    let client = client(Authentication::SecretInHeader("p4ssword".to_owned().into()));
    let source = TokenSource::client_credentials(TOKEN_URL, client, None);
    let refusal = refused(
        "invalid_client",
        "Basic dGhlLWNsaWVudDpwNHNzd29yZA== or p4ssword",
    );
    let failure = ask(&mut source.ok().unwrap(), at(0), refusal).unwrap_err();
    assert!(
        failure.sentence.contains(": [secret] or [secret]; "),
        "{failure}"
    );
}

#[test]
fn an_answer_is_debugged_without_its_body() {
    assert_eq!(
        format!("{:?}", granted("t0ken", 1)),
        "Answer { status: 200, .. }"
    );
}
