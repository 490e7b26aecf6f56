//! LOGIN: user name, then password. It never became a standard (draft-murchison-sasl-login), but most
//! servers offer it.

use zeroize::Zeroizing;

use super::fixed::FixedMessages;
use crate::sasl::Mechanism;
use crate::sasl::mechanism::{Evidence, Facts, NewClient, RoundTrips};

impl Mechanism {
    /// draft-murchison-sasl-login.
    pub const LOGIN: Self = Self::new(&Facts {
        name: "LOGIN",
        evidence: Evidence::Secret,
        is_bound: false,
        round_trips: RoundTrips::Several,
        new_client: NewClient::Password(|login, password, _| {
            password.check_acts_as_self(login.name())?;
            let answers = [&password.username, &password.password]
                .map(|answer| Zeroizing::new(answer.as_bytes().to_vec()));
            Ok(FixedMessages::answers(login.name(), answers.into()))
        }),
    });
}
