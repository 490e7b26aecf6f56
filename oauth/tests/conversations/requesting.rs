//! What is requested.

use envoi_oauth::{Authentication, Remedy, TokenSource};

use crate::support::*;

#[test]
fn client_credentials_are_sent_in_the_body() {
    let request = by_client_credentials().request(at(0)).unwrap();
    assert_eq!(request.endpoint.to_string(), TOKEN_URL);
    assert_eq!(
        body(&request),
        "grant_type=client_credentials&client_id=the-client&client_secret=s3cret+%26+more%3A+100%25\
         &scope=https%3A%2F%2Foutlook.office365.com%2F.default"
    );
    assert!(request.authorization.is_none());
}

#[test]
fn client_credentials_are_sent_in_the_header_and_not_in_the_body() {
    let client = client(Authentication::SecretInHeader("a:b".to_owned().into()));
    let source = TokenSource::client_credentials(TOKEN_URL, client, None);
    let request = source.ok().unwrap().request(at(0)).unwrap();
    assert_eq!(body(&request), "grant_type=client_credentials");
    // the-client:a%3Ab
    assert_eq!(
        request.authorization.as_ref().unwrap().as_str(),
        "Basic dGhlLWNsaWVudDphJTNBYg=="
    );
}

#[test]
fn a_public_client_sends_its_id_with_the_refresh_token() {
    let token = REFRESH_TOKEN.to_owned().into();
    let public = client(Authentication::Public);
    let source = TokenSource::refresh(TOKEN_URL, public, token, Some("a b".into()));
    let request = source.ok().unwrap().request(at(0)).unwrap();
    assert_eq!(
        body(&request),
        "grant_type=refresh_token&refresh_token=1%2F%2F0refresh-token&client_id=the-client&scope=a+b"
    );
    assert!(request.authorization.is_none());
}

#[test]
fn what_cannot_be_right_is_said_before_any_request() {
    let public = || client(Authentication::Public);
    let token = || REFRESH_TOKEN.to_owned().into();
    for (source, words) in [
        (
            TokenSource::client_credentials(TOKEN_URL, public(), None),
            "give its secret",
        ),
        (
            TokenSource::refresh(TOKEN_URL, public(), String::new().into(), None),
            "refresh token is empty",
        ),
        (
            TokenSource::refresh("http://login.test/", public(), token(), None),
            "https:// is needed",
        ),
    ] {
        let failure = source.err().unwrap();
        assert_eq!(failure.remedy, Remedy::MendTheSetUp);
        assert!(failure.sentence.contains(words), "{failure}");
    }
}
