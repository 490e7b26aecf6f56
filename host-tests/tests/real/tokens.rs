//! OAuth 2.0 access tokens, one that is right and one that is not.

use host_tests::{BearerCredentials, Credentials, Error, Mailer, Phase};
use servers::real::{USER, token};

use crate::visit::{MESSAGE, Visit, WAYS, instance, to, transcript};

const MECHANISMS: [&str; 2] = ["OAUTHBEARER", "XOAUTH2"];
/// Signed by nobody.
const WRONG: &str = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJ1c2VyQGV4YW1wbGUudGVzdCJ9.c2VzYW1l";

pub fn prove_the_user(visit: &mut Visit) -> String {
    let both: &[&str] = &MECHANISMS;
    for (security, _) in WAYS {
        for mechanisms in [&both[..1], &both[1..], both] {
            let instance = instance();
            let mailer = visit.mailer(&instance, security);
            mailer.set_mechanisms(mechanisms).unwrap();
            mailer.set_credentials(Some(bearer(WRONG)));
            is_refused_with_the_reason(&mailer);
            // A token that the server has refused is not shown to it again.
            assert_eq!(tried(&mailer, WRONG), mechanisms[..1]);

            mailer.set_credentials(Some(bearer(&token())));
            visit.delivers(&mailer);
            assert_eq!(tried(&mailer, &token()), mechanisms[..1]);
        }
    }
    visit.everything_arrived();
    format!("{} over both", MECHANISMS.join(" "))
}

fn bearer(token: &str) -> Credentials {
    Credentials::Bearer(BearerCredentials {
        username: USER.into(),
        token: token.into(),
    })
}

#[track_caller]
fn is_refused_with_the_reason(mailer: &Mailer) {
    match mailer.send(&to(&[USER]), MESSAGE) {
        Err(Error::Rejected(rejection)) => {
            let reply = rejection.reply;
            assert_eq!((rejection.phase, reply.code), (Phase::Auth, 535));
            let reason = reply.lines.last().unwrap();
            assert!(reason.starts_with(r#"{"status":""#), "{reply:?}");
        }
        result => panic!("{result:?}"),
    }
}

/// The mechanisms that were tried, without showing the token.
#[track_caller]
fn tried(mailer: &Mailer, token: &str) -> Vec<String> {
    let shown = transcript(mailer);
    assert!(!shown.contains(token), "{shown}");
    let lines = shown.lines().filter_map(|line| line.strip_prefix("AUTH "));
    let names = lines.filter_map(|line| line.split(' ').next());
    names.map(String::from).collect()
}
