//! A person's consent.

use std::time::Duration;

use envoi_oauth::consent::{Browser, Device, Metadata, Poll, Redirect};
use envoi_oauth::{Answer, Authentication, Endpoint, Failure, Fault, Remedy};

use crate::support::*;

const GRANTED: &str =
    r#"{"access_token":"a","token_type":"Bearer","expires_in":3600,"refresh_token":"r"}"#;
/// What RFC 7636, appendix B, computes of its verifier.
const VERIFIER: [u8; 32] = [
    116, 24, 223, 180, 151, 153, 224, 37, 79, 250, 96, 125, 216, 173, 187, 186, 22, 212, 37, 77,
    105, 214, 191, 240, 91, 88, 5, 88, 83, 132, 141, 121,
];

fn endpoint(url: &str) -> Endpoint {
    Endpoint::parse("URL", url).unwrap()
}

fn browser() -> Browser {
    let mut random = [7; 64];
    random[..32].copy_from_slice(&VERIFIER);
    let public = client(Authentication::Public);
    Browser::new(public, endpoint(TOKEN_URL), 4711, &random)
}

fn state() -> String {
    let url = browser().url(&endpoint("https://login.test/auth"), "mail");
    let (_, rest) = url.split_once("&state=").unwrap();
    rest.split('&').next().unwrap().into()
}

#[test]
fn the_url_for_the_browser_has_the_challenge_and_not_the_verifier() {
    let url = browser().url(
        &endpoint("https://login.test/auth?v=2"),
        "https://mail.test/ offline",
    );
    assert_eq!(
        url,
        "https://login.test/auth?v=2&response_type=code&client_id=the-client\
         &redirect_uri=http%3A%2F%2F127.0.0.1%3A4711%2F&scope=https%3A%2F%2Fmail.test%2F+offline\
         &state=BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc\
         &code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM&code_challenge_method=S256\
         &access_type=offline&prompt=consent"
    );
}

#[test]
fn the_code_becomes_a_refresh_token() {
    let browser = browser();
    let Redirect::Code(code) = browser.read(&format!("/?state={}&code=4%2Fc0de", state())) else {
        panic!("no code");
    };
    let request = browser.request(&code);
    assert_eq!(
        body(&request),
        "grant_type=authorization_code&code=4%2Fc0de&redirect_uri=http%3A%2F%2F127.0.0.1%3A4711%2F\
         &code_verifier=dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk&client_id=the-client"
    );
    let token = Browser::receive(&request, Ok(answer(200, GRANTED)), 0);
    assert_eq!(*token.unwrap(), "r");
}

#[test]
fn a_redirect_of_somebody_else_ends_nothing() {
    let (browser, state) = (browser(), state());
    for target in [
        "/".to_owned(),
        "/favicon.ico".into(),
        "/?code=c".into(),
        "/?code=c&state=".into(),
        format!("/?code=c&state={state}x"),
        format!("/other?code=c&state={state}"),
        format!("/?state={state}"),
        format!("/?code=&state={state}"),
        "/?error=access_denied&state=guess".into(),
    ] {
        assert!(matches!(browser.read(&target), Redirect::Other), "{target}");
    }
}

#[test]
fn a_refusal_in_the_browser_is_told() {
    let target = format!(
        "/?error=access_denied&error_description=Not+now%0a&state={}",
        state()
    );
    let Redirect::Refused(failure) = browser().read(&target) else {
        panic!("not refused");
    };
    assert_eq!(failure.remedy, Remedy::AskTheUser);
    assert_eq!(
        failure.sentence,
        "the server answered access_denied: Not now; consent was refused"
    );
}

#[test]
fn consent_without_a_refresh_token_is_a_fault_of_the_set_up() {
    let request = browser().request("c");
    let failure = Browser::receive(&request, Ok(granted("a", 3600)), 0).unwrap_err();
    assert_eq!(failure.remedy, Remedy::MendTheSetUp);
    assert!(failure.sentence.contains("offline_access"), "{failure}");
    let failure =
        Browser::receive(&request, Ok(refused("invalid_grant", "code c")), 0).unwrap_err();
    assert_eq!(failure.remedy, Remedy::AskTheUser);
}

fn device(begun: &str) -> Device {
    let public = || client(Authentication::Public);
    let url = endpoint("https://login.test/device");
    let request = Device::begin(&url, &public(), "mail");
    assert_eq!(body(&request), "client_id=the-client&scope=mail");
    let device = Device::read(
        public(),
        endpoint(TOKEN_URL),
        &request,
        Ok(answer(200, begun)),
        at(0),
    );
    device.unwrap_or_else(|failure| panic!("{failure}"))
}

const BEGUN: &str = r#"{"device_code":"d3vice-code","user_code":"AB-CD",
    "verification_uri":"https://login.test/go","expires_in":900,"interval":7}"#;

fn poll(device: &mut Device, seconds: u64, answer: Result<Answer, Fault>) -> Result<Poll, Failure> {
    let request = device.poll();
    assert_eq!(
        body(&request),
        "grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Adevice_code&device_code=d3vice-code\
         &client_id=the-client"
    );
    device.receive(&request, answer, at(seconds))
}

fn pause(polled: Result<Poll, Failure>) -> u64 {
    match polled.unwrap_or_else(|failure| panic!("{failure}")) {
        Poll::Again(pause) => pause.as_secs(),
        Poll::Done(_) => panic!("done"),
    }
}

#[test]
fn a_device_is_polled_until_the_person_has_consented() {
    let mut device = device(BEGUN);
    assert_eq!(device.user_code, "AB-CD");
    assert_eq!(device.verification_uri, "https://login.test/go");
    assert_eq!(device.interval(), Duration::from_secs(7));
    let pending = || Ok(refused("authorization_pending", ""));
    assert_eq!(pause(poll(&mut device, 7, pending())), 7);
    assert_eq!(
        pause(poll(&mut device, 14, Ok(refused("slow_down", "")))),
        12
    );
    assert_eq!(pause(poll(&mut device, 26, pending())), 12);
    assert_eq!(pause(poll(&mut device, 38, Err(Fault::TimedOut))), 24);
    let Ok(Poll::Done(token)) = poll(&mut device, 62, Ok(answer(200, GRANTED))) else {
        panic!("not done");
    };
    assert_eq!(*token, "r");
}

#[test]
fn a_poll_ends_where_the_person_refuses_or_nobody_comes() {
    for code in ["access_denied", "authorization_declined", "expired_token"] {
        let failure = poll(&mut device(BEGUN), 7, Ok(refused(code, "")))
            .err()
            .unwrap();
        assert_eq!(failure.remedy, Remedy::AskTheUser, "{code}");
    }
    let pending = Ok(refused("authorization_pending", ""));
    let failure = poll(&mut device(BEGUN), 900, pending).err().unwrap();
    assert_eq!(failure.sentence, "nobody consented in time: begin again");
    let quoted = Ok(refused("invalid_client", "d3vice-code"));
    let failure = poll(&mut device(BEGUN), 7, quoted).err().unwrap();
    assert!(failure.sentence.contains("[secret]"), "{failure}");
}

#[test]
fn intervals_have_defaults_and_limits() {
    let begun = |interval: &str| {
        let interval = BEGUN.replace(",\"interval\":7", interval);
        device(&interval).interval().as_secs()
    };
    assert_eq!(begun(""), 5);
    assert_eq!(begun(r#","interval":0"#), 1);
    assert_eq!(begun(r#","interval":"5""#), 5);
    assert_eq!(begun(r#","interval":86400"#), 60);
}

#[test]
fn a_device_code_that_is_refused_is_told() {
    let public = client(Authentication::Public);
    let url = endpoint("https://login.test/device");
    let request = Device::begin(&url, &public, "mail");
    let refusal = Ok(refused("unauthorized_client", "No."));
    let read = Device::read(public, endpoint(TOKEN_URL), &request, refusal, at(0));
    assert_eq!(read.err().unwrap().remedy, Remedy::MendTheSetUp);
}

#[test]
fn metadata_are_asked_for_at_both_places() {
    for (issuer, oauth, openid) in [
        (
            "https://login.test",
            "https://login.test/.well-known/oauth-authorization-server",
            "https://login.test/.well-known/openid-configuration",
        ),
        (
            "https://login.test/a/",
            "https://login.test/.well-known/oauth-authorization-server/a",
            "https://login.test/a/.well-known/openid-configuration",
        ),
    ] {
        let requests = Metadata::requests(&endpoint(issuer)).ok().unwrap();
        assert_eq!(requests.map(|it| it.endpoint.to_string()), [oauth, openid]);
    }
}

#[test]
fn metadata_have_the_endpoints_of_their_issuer_alone() {
    let issuer = endpoint("https://login.test/a");
    let read = |body: &str| Metadata::read(&issuer, Ok(answer(200, body)));
    let document = r#"{"issuer":"https://login.test/a","token_endpoint":"https://login.test/t",
        "authorization_endpoint":"https://login.test/auth"}"#;
    let metadata = read(document).ok().unwrap();
    assert_eq!(metadata.token.to_string(), "https://login.test/t");
    let authorization = metadata.authorization.unwrap();
    assert_eq!(authorization.to_string(), "https://login.test/auth");
    assert!(metadata.device_authorization.is_none());
    for (document, words) in [
        (
            document.replace("login.test/a\"", "evil.test/a\""),
            "another issuer",
        ),
        (
            document.replace("https://login.test/t", "http://login.test/t"),
            "token_endpoint",
        ),
        (
            document.replace("https://login.test/auth", "http://login.test/"),
            "https:// is needed",
        ),
        ("<html>".into(), "has no metadata"),
    ] {
        let failure = read(&document).err().unwrap();
        assert!(failure.sentence.contains(words), "{failure}");
    }
}

#[test]
fn known_providers_have_their_endpoints() {
    let google = Metadata::google().ok().unwrap();
    assert!(google.device_authorization.is_none());
    let microsoft = Metadata::microsoft("common").ok().unwrap();
    let url = "https://login.microsoftonline.com/common/oauth2/v2.0/devicecode";
    assert_eq!(microsoft.device_authorization.unwrap().to_string(), url);
    for tenant in ["", "a/b", "a?b", "../x"] {
        assert!(Metadata::microsoft(tenant).is_err(), "{tenant}");
    }
}
