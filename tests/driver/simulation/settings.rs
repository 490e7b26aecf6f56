//! The settings of a mailer that a seed chooses.

use std::time::Duration;

use envoi::sasl::{Credentials, Password};
use envoi::smtp::config::{
    AuthPipelining, InitialResponse, PipeliningAfterMessage, Protocol, Security,
};
use envoi::{Mailer, Timeout};

use super::network::SimNetwork;
use super::world::World;

const HOST: &str = "mail.example.org";

const SECOND: Duration = Duration::from_secs(1);

/// The longest default of a timeout: that of the reply to a message.
const LONGEST_DEFAULT: Duration = Duration::from_secs(600);

/// The waits that no setting limits: for the reply to QUIT, and for the last words over a broken connection.
const FIXED: Duration = Duration::from_secs(2);

pub(crate) struct Settings {
    pub total: Option<Duration>,
    pub partial_delivery: bool,
}

pub(crate) fn mailer(network: &SimNetwork) -> (Mailer<SimNetwork>, Settings) {
    let (world, server) = (network.world(), network.server());
    let mut mailer = Mailer::over(network.clone(), HOST.into());
    let some = |percent| world.chance(percent);
    mailer.set_security(if some(90.0) {
        Security::Plaintext
    } else {
        Security::Opportunistic
    });
    let is_calm = network.is_calm();
    let protocol_fits = is_calm || !some(1.0);
    mailer.set_protocol(match (server.protocol, protocol_fits) {
        (Protocol::Smtp, true) | (Protocol::Lmtp, false) => Protocol::Smtp,
        _ => Protocol::Lmtp,
    });
    let login = if server.auth {
        some(70.0)
    } else {
        !is_calm && some(2.0)
    };
    if login {
        mailer.set_credentials(Some(Credentials::Password(Password {
            username: "user".into(),
            password: "sesame".into(),
            authorization_id: None,
        })));
    }
    let partial_delivery = some(85.0);
    mailer.set_partial_delivery(partial_delivery);
    set_pipelining(world, &mut mailer);
    if some(20.0) {
        let idle = some(50.0).then(|| world.millis(20_000));
        mailer.set_connection_limits(idle, some(70.0).then(|| world.below(4) as u32));
    }
    mailer.set_transcript(if some(5.0) { 20 } else { 0 });
    let total = if is_calm {
        network.allow_wait(LONGEST_DEFAULT);
        None
    } else {
        set_timeouts(network, world, &mut mailer)
    };
    let settings = Settings {
        total,
        partial_delivery,
    };
    (mailer, settings)
}

/// Sets what may leave before what is answered.
fn set_pipelining(world: &World, mailer: &mut Mailer<SimNetwork>) {
    mailer.set_early_content(world.chance(30.0));
    mailer.set_chunking(world.chance(80.0));
    mailer.set_auth_pipelining(world.pick(&[
        AuthPipelining::Never,
        AuthPipelining::PlainAndExternal,
        AuthPipelining::PlainAndExternal,
    ]));
    mailer.set_initial_response(world.pick(&[
        InitialResponse::Auto,
        InitialResponse::Auto,
        InitialResponse::Never,
    ]));
    mailer.set_pipelining_after_message(world.pick(&[
        PipeliningAfterMessage::Never,
        PipeliningAfterMessage::AfterBdat,
        PipeliningAfterMessage::Always,
    ]));
}

/// Sets limits for waits. Returns the limit of whole calls.
fn set_timeouts(
    network: &SimNetwork,
    world: &World,
    mailer: &mut Mailer<SimNetwork>,
) -> Option<Duration> {
    let total = world
        .chance(25.0)
        .then(|| world.pick(&[0, 1, 10, 10, 60, 60, 600, 600]) * SECOND);
    mailer.set_timeout(Timeout::Total, total);
    if world.chance(50.0) {
        network.allow_wait(LONGEST_DEFAULT);
        return total;
    }
    network.allow_wait(FIXED);
    for timeout in [
        Timeout::Connect,
        Timeout::Tls,
        Timeout::Greeting,
        Timeout::Command,
        Timeout::Data,
        Timeout::Block,
        Timeout::Acceptance,
    ] {
        let limit = match world.below(60) {
            0 => Duration::ZERO,
            _ => world.pick(&[1, 4, 10, 10, 30, 30, 60]) * SECOND,
        };
        mailer.set_timeout(timeout, Some(limit));
        network.allow_wait(limit);
    }
    total
}
