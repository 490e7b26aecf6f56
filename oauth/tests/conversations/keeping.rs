//! Which token is kept, and for how long.

use crate::support::*;

#[test]
fn a_token_is_kept_until_a_minute_before_its_end() {
    let mut source = by_client_credentials();
    assert_eq!(source.token(at(0)), None);
    assert_eq!(
        ask(&mut source, at(0), granted("first", 3600)).unwrap(),
        "first"
    );
    assert_eq!(source.token(at(3539)), Some("first"));
    assert_eq!(source.token(at(3540)), None);
    assert_eq!(
        ask(&mut source, at(3540), granted("second", 3600)).unwrap(),
        "second"
    );
    assert_eq!(source.token(at(3541)), Some("second"));
}

#[test]
fn a_token_without_an_end_is_kept_for_five_minutes() {
    for body in [
        r#"{"access_token":"t","token_type":"bearer"}"#,
        r#"{"access_token":"t","token_type":"bearer","expires_in":null}"#,
        r#"{"access_token":"t","token_type":"bearer","expires_in":-1}"#,
        r#"{"access_token":"t","token_type":"bearer","expires_in":"soon"}"#,
    ] {
        let mut source = by_client_credentials();
        ask(&mut source, at(0), answer(200, body)).unwrap();
        assert_eq!(source.token(at(299)), Some("t"), "{body}");
        assert_eq!(source.token(at(300)), None, "{body}");
    }
}

#[test]
fn a_lifetime_in_quotes_is_one() {
    let mut source = by_client_credentials();
    let body = r#"{"access_token":"t","token_type":"Bearer","expires_in":"3599"}"#;
    ask(&mut source, at(0), answer(200, body)).unwrap();
    assert_eq!(source.token(at(3538)), Some("t"));
    assert_eq!(source.token(at(3539)), None);
}

#[test]
fn a_token_that_ends_within_a_minute_is_returned_and_not_kept() {
    for seconds in [0, 1, 60] {
        let mut source = by_client_credentials();
        assert_eq!(ask(&mut source, at(0), granted("t", seconds)).unwrap(), "t");
        assert_eq!(source.token(at(0)), None);
    }
}

#[test]
fn a_token_for_ever_is_kept_for_ever() {
    let mut source = by_client_credentials();
    ask(&mut source, at(0), granted("t", u64::MAX)).unwrap();
    assert_eq!(source.token(at(u64::from(u32::MAX))), Some("t"));
}

#[test]
fn a_forgotten_token_is_asked_for_anew() {
    let mut source = by_client_credentials();
    ask(&mut source, at(0), granted("refused-by-535", 3600)).unwrap();
    source.forget();
    assert_eq!(source.token(at(1)), None);
    ask(&mut source, at(1), granted("another", 3600)).unwrap();
    assert_eq!(source.token(at(2)), Some("another"));
}

#[test]
fn a_refusal_leaves_the_refresh_token_and_no_stale_token() {
    let mut source = by_refresh_token();
    ask(&mut source, at(0), granted("t", 3600)).unwrap();
    ask(&mut source, at(3600), answer(503, "")).unwrap_err();
    assert_eq!(source.token(at(3600)), None);
    assert_eq!(source.refresh_token(), Some(REFRESH_TOKEN));
}

#[test]
fn a_new_refresh_token_takes_the_place_of_the_old_one() {
    let mut source = by_refresh_token();
    let body =
        r#"{"access_token":"t","token_type":"Bearer","expires_in":10,"refresh_token":"next"}"#;
    ask(&mut source, at(0), answer(200, body)).unwrap();
    assert_eq!(source.refresh_token(), Some("next"));
    let request = source.request(at(100)).unwrap();
    assert!(crate::support::body(&request).contains("refresh_token=next&"));
    // Without another one, and with an empty one, it stays.
    ask(&mut source, at(100), granted("u", 10)).unwrap();
    let body = r#"{"access_token":"t","token_type":"Bearer","expires_in":10,"refresh_token":""}"#;
    ask(&mut source, at(200), answer(200, body)).unwrap();
    assert_eq!(source.refresh_token(), Some("next"));
}

#[test]
fn client_credentials_have_no_refresh_token_even_if_the_server_gives_one() {
    let mut source = by_client_credentials();
    let body = r#"{"access_token":"t","token_type":"Bearer","refresh_token":"next"}"#;
    ask(&mut source, at(0), answer(200, body)).unwrap();
    assert_eq!(source.refresh_token(), None);
}
