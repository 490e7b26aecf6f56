//! The secret of each mechanism, after a success, a refusal and a connection that ends: neither in what the
//! caller is told nor in the component's memory.

use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use host_tests::{
    BearerCredentials, Credentials, Grants, Host, Instance, Mailer, PasswordCredentials, Receipt,
};
use servers::authority::{Authority, Identity};
use servers::scripted::{Script, Server};

use crate::secrets_wiped::{assert_absent, in_base64};
use crate::support::*;
use crate::tls::{LOOPBACK, asked, starttls};

const USERNAME: &str = "ada@mail.test";
/// Their lengths need padding in base64, and their text occurs nowhere else.
const PASSWORD: &str = "Kd7!wq-Zz93.tUm2+Lx0 pqRst";
const TOKEN: &str = "ya29.vF9dft4qmTc2Nvb3RlckBhdHRhdmlzdGEuY29tCg";

/// An exchange up to the client's last message.
struct Case {
    mechanism: &'static str,
    script: fn(Script) -> Script,
    /// What is left to say before 235; nothing of an exchange that a script cannot answer.
    proof: Option<&'static str>,
    /// What follows from the password with the script's salt, in hexadecimal.
    derived: &'static [&'static str],
}

const CASES: [Case; 9] = [
    Case::of("PLAIN", |script| script.expect("AUTH PLAIN *")),
    Case::of("LOGIN", |script| {
        let asked = script.expect("AUTH LOGIN").say("334 VXNlcm5hbWU6");
        asked.expect("*").say("334 UGFzc3dvcmQ6").expect("*")
    }),
    Case::of("CRAM-MD5", |script| {
        let asked = script
            .expect("AUTH CRAM-MD5")
            .say("334 PDE4OTYuNjk3QG1haWwudGVzdD4=");
        asked.expect("*")
    }),
    Case::of("XOAUTH2", |script| script.expect("AUTH XOAUTH2 *")),
    Case::of("OAUTHBEARER", |script| script.expect("AUTH OAUTHBEARER *")),
    Case {
        mechanism: "SCRAM-SHA-1",
        script: |script| scram(script, "SCRAM-SHA-1"),
        proof: Some("334 dj1IaHNNRFJXeWZaSEpFUm5qR2EzZkRBL0trSEU9"),
        derived: &[
            "23e9db2c4fd9c9713f8fc2fd6607cac853674e99",
            "9fb3b9babbdaa55a015e08f5ef0349a63ebb617c",
            "0450aaa20f0ef02b46f0ec7553d8242ae234c364",
        ],
    },
    Case {
        mechanism: "SCRAM-SHA-256",
        script: |script| scram(script, "SCRAM-SHA-256"),
        proof: Some("334 dj15dUN6eHJ0Um4vWVEzclJrYW9XRlhwWEpvYW5mSklzY0ZYNGpSRzY2T3dZPQ=="),
        derived: &[
            "a025c438a101c7749072174dff7b0ed5da10f309d467a2efc5cf595c6b76b706",
            "df0dafa71efe25541e580d2430bcbc7a8aa15a7a078a7dc55980a57bbb229246",
            "1255ab7ddcf788307be2a739057104ceecb2b43e02272ef7e383bca54bbbd0e1",
        ],
    },
    Case::of("SCRAM-SHA-1-PLUS", |script| {
        scram(script, "SCRAM-SHA-1-PLUS")
    }),
    Case::of("SCRAM-SHA-256-PLUS", |script| {
        scram(script, "SCRAM-SHA-256-PLUS")
    }),
];

/// The nonce is `A` eighteen times. The salt is `NaCl of the server`, and there are 4096 rounds.
fn scram(script: Script, name: &str) -> Script {
    let first =
        "334 cj1RVUZCUVVGQlFVRkJRVUZCUVVGQlFVRkJzcnYscz1UbUZEYkNCdlppQjBhR1VnYzJWeWRtVnksaT00MDk2";
    script
        .expect(&format!("AUTH {name} *"))
        .say(first)
        .expect("*")
}

impl Case {
    const fn of(mechanism: &'static str, script: fn(Script) -> Script) -> Case {
        Case {
            mechanism,
            script,
            proof: None,
            derived: &[],
        }
    }

    fn is_token(&self) -> bool {
        matches!(self.mechanism, "XOAUTH2" | "OAUTHBEARER")
    }

    fn secret(&self) -> &'static str {
        if self.is_token() { TOKEN } else { PASSWORD }
    }

    fn credentials(&self) -> Credentials {
        if self.is_token() {
            return Credentials::Bearer(BearerCredentials {
                username: USERNAME.into(),
                token: TOKEN.into(),
            });
        }
        Credentials::Password(PasswordCredentials {
            username: USERNAME.into(),
            password: PASSWORD.into(),
            authorization_id: None,
        })
    }

    fn is_bound(&self) -> bool {
        self.mechanism.ends_with("-PLUS")
    }

    fn begun(&self, identity: &Identity) -> Script {
        let offer = format!("AUTH {}", self.mechanism);
        let hello = if self.is_bound() {
            asked()
                .start_tls(identity)
                .expect("EHLO *")
                .say(&ehlo(&[&offer]))
        } else {
            hello(&[&offer])
        };
        (self.script)(hello)
    }

    /// The scripts of all ends, each with its name.
    fn ends(&self, identity: &Identity) -> Vec<(&'static str, Script)> {
        let refused = self
            .begun(identity)
            .say("535 5.7.8 Wrong")
            .followed_by(quit());
        let mut ends = vec![
            ("refused", refused),
            ("ended", self.begun(identity).hang_up()),
        ];
        let welcome = |script: Script| script.say("235 2.7.0 Welcome").followed_by(message());
        match self.proof {
            Some(proof) => {
                let proved = self.begun(identity).say(proof).expect("");
                ends.push(("accepted", welcome(proved).followed_by(quit())));
            }
            None if self.is_bound() => {}
            None => ends.push((
                "accepted",
                welcome(self.begun(identity)).followed_by(quit()),
            )),
        }
        ends
    }

    /// The forms in which the secret must not be found.
    fn forms(&self) -> Vec<Vec<u8>> {
        let mut forms = in_base64(self.secret().as_bytes());
        let octets = |hex: &str| -> Vec<u8> {
            let digits = (0..hex.len()).step_by(2).map(|at| &hex[at..at + 2]);
            digits
                .map(|two| u8::from_str_radix(two, 16).unwrap())
                .collect()
        };
        for hex in self.derived {
            forms.push(octets(hex));
            forms.extend(in_base64(&octets(hex)));
        }
        forms
    }
}

fn predictable() -> Instance {
    Host::shared().instance(Grants {
        randomness: Some(Arc::new(|octets| vec![b'A'; octets as usize])),
        ..Grants::all()
    })
}

/// Sends, and searches what the caller is told.
#[track_caller]
fn send_and_search(case: &Case, end: &str, instance: &Instance, mailer: &Mailer) {
    mailer.set_credentials(Some(case.credentials()));
    mailer.set_mechanisms(&[case.mechanism]).unwrap();
    mailer.set_transcript_lines(100);
    let result = mailer.send(&to_b(), MESSAGE);
    assert_eq!(
        result.is_ok(),
        end == "accepted",
        "{} {end}: {result:?}",
        case.mechanism
    );
    let mut told = format!("{result:?}");
    if let Err(error) = &result {
        told += &format!("{:?}", instance.explain(error));
    }
    let lines = mailer.take_transcript();
    assert!(
        lines.iter().any(|line| line.text.contains(case.mechanism)),
        "{lines:?}"
    );
    lines.iter().for_each(|line| told += &line.text);
    let _: &Result<Receipt, _> = &result;
    let where_found = format!("{} {end}, told", case.mechanism);
    assert_absent(
        &where_found,
        told.as_bytes(),
        &[case.secret().as_bytes().to_vec()],
    );
    assert_absent(&where_found, told.as_bytes(), &case.forms());
}

fn search(case: &Case, mailer_lives: bool) {
    let authority = Authority::new();
    let identity = authority.issue(LOOPBACK);
    for (end, script) in case.ends(&identity) {
        let server = Server::start([script]);
        let instance = predictable();
        let mailer = if case.is_bound() {
            starttls(&instance, &server, &authority)
        } else {
            plain(&instance, &server)
        };
        send_and_search(case, end, &instance, &mailer);
        mailer.close();
        let mut forms = case.forms();
        if mailer_lives {
            std::mem::forget(mailer);
        } else {
            drop(mailer);
            forms.push(case.secret().as_bytes().to_vec());
        }
        server.finish();
        let place = format!(
            "{} {end}, memory, mailer lives: {mailer_lives}",
            case.mechanism
        );
        let memory = instance.into_memory();
        assert_absent(&place, &memory, &forms);
    }
}

#[test]
fn no_secret_of_any_mechanism_is_left_when_the_mailer_is_gone() {
    CASES.iter().for_each(|case| search(case, false));
}

/// It needs the password or the token itself for the next login.
#[test]
fn while_the_mailer_lives_nothing_made_of_a_secret_is_left() {
    CASES.iter().for_each(|case| search(case, true));
}

#[test]
fn the_forms_in_base64_are_found_in_any_message() {
    for before in 0..6 {
        let message = [&b"username"[..before], PASSWORD.as_bytes(), b"rest"].concat();
        let encoded = STANDARD.encode(message);
        let is_found = |form: &Vec<u8>| {
            encoded
                .as_bytes()
                .windows(form.len())
                .any(|part| part == form)
        };
        assert!(
            in_base64(PASSWORD.as_bytes()).iter().any(is_found),
            "{before}"
        );
    }
}
