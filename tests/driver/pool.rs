//! A pool: many messages at the same time, over several connections.

use std::pin::pin;
use std::rc::Rc;
use std::time::Duration;

use envoi::Pool;
use envoi::net::{Deadline, Network};
use envoi::sasl::{Credentials, Password};
use envoi::smtp::config::Security;
use envoi::smtp::error::{Error, Phase};
use envoi::smtp::outgoing_message::OutgoingMessage;
use envoi::smtp::parameters::Options;
use envoi::smtp::receipt::Receipt;
use futures_util::future::{join, join_all, select};

use super::messages::{ENVELOPE, HELLO};
use super::network::{FakeNetwork, HOST, both_ways};

/// A whole message over a new connection.
fn session(reply: &str) -> String {
    format!("{ENVELOPE} C: ...\nafter 1s\nS: 250 {reply}\n")
}

/// A further message over the same connection.
fn further(reply: &str) -> String {
    format!(
        "C: MAIL FROM:<a@example.net>
        S: 250 OK
        C: RCPT TO:<b@example.org>
        S: 250 OK
        C: DATA
        S: 354 Go ahead
        C: ...
        after 1s
        S: 250 {reply}\n"
    )
}

fn pool(network: &FakeNetwork, connections: usize) -> Rc<Pool<FakeNetwork>> {
    network.resolves_to(&["192.0.2.1"]);
    let pool = Pool::new(network.clone(), network.mailer());
    pool.set_connections(connections);
    pool
}

fn log_in(pool: &Pool<FakeNetwork>) {
    pool.configure(|mailer| {
        mailer.set_credentials(Some(Credentials::Password(Password {
            username: "user".into(),
            password: "wrong".into(),
            authorization_id: None,
        })));
    });
}

fn message<'a>(pool: &Pool<FakeNetwork>, options: &'a Options) -> OutgoingMessage<'a> {
    let recipients = ["b@example.org".to_owned()];
    let message = pool.outgoing_message(
        Some("a@example.net"),
        &recipients,
        HELLO.as_bytes(),
        options,
    );
    message.unwrap()
}

/// The text of the reply to a message with one recipient.
fn text(sent: Result<Receipt, Error>) -> Result<String, Error> {
    sent.map(|receipt| receipt.accepted[0].reply.lines.join(" "))
}

/// So many calls at the same time, one message each.
fn send_at_once(
    network: &FakeNetwork,
    pool: &Rc<Pool<FakeNetwork>>,
    calls: usize,
) -> Vec<Result<String, Error>> {
    let options = Options::default();
    let message = message(pool, &options);
    let sent = network.run(join_all((0..calls).map(|_| pool.send(&message))));
    sent.into_iter().map(text).collect()
}

/// Messages of one call.
fn send_all(
    network: &FakeNetwork,
    pool: &Rc<Pool<FakeNetwork>>,
    messages: usize,
) -> Vec<Result<String, Error>> {
    let options = Options::default();
    let messages: Vec<_> = (0..messages).map(|_| message(pool, &options)).collect();
    let sent = network.run(pool.send_all(&messages));
    sent.into_iter().map(text).collect()
}

fn seconds(network: &FakeNetwork) -> u64 {
    network.elapsed().as_secs()
}

const ADDRESS: &str = "192.0.2.1";

#[test]
fn calls_at_the_same_time_have_a_connection_each() {
    both_ways(|network| {
        let pool = pool(network, 3);
        // The first goes alone, to try the settings.
        network.connects(ADDRESS, 0, &format!("{}{}", session("1"), further("4")));
        network.connects(ADDRESS, 0, &session("2"));
        network.connects(ADDRESS, 0, &session("3"));
        assert_eq!(send_at_once(network, &pool, 1), [Ok("1".into())]);
        let mut sent = send_at_once(network, &pool, 3);
        sent.sort_by_key(|text| text.clone().unwrap_or_default());
        assert_eq!(sent, ["2", "3", "4"].map(|text| Ok(text.into())));
        assert_eq!(seconds(network), 2);
    });
}

#[test]
fn whoever_waits_longer_comes_first() {
    both_ways(|network| {
        let pool = pool(network, 1);
        let script = [session("1"), further("2"), further("3")].concat();
        network.connects(ADDRESS, 0, &script);
        let sent = send_at_once(network, &pool, 3);
        assert_eq!(sent, ["1", "2", "3"].map(|text| Ok(text.into())));
        assert_eq!(seconds(network), 3);
    });
}

#[test]
fn one_call_uses_a_connection_for_each_four_messages() {
    both_ways(|network| {
        let pool = pool(network, 5);
        let script = |first: &str| {
            let more = [1, 2, 3].map(|n| further(&format!("{first}{n}"))).concat();
            session(first) + &more
        };
        network.connects(ADDRESS, 0, &script("a"));
        network.connects(ADDRESS, 0, &script("b"));
        let sent = send_all(network, &pool, 8);
        assert!(sent.iter().all(Result::is_ok), "{sent:?}");
        assert_eq!(network.attempts().len(), 2);
        // The second connection begins as soon as the first message shows that the settings work.
        assert_eq!(seconds(network), 4);
    });
}

#[test]
fn a_refused_login_is_tried_once_for_all_who_wait() {
    both_ways(|network| {
        let pool = pool(network, 5);
        // Without TLS, a password is sent over loopback only.
        network.resolves_to(&["127.0.0.1"]);
        log_in(&pool);
        let script = "
            S: 220 mail.example.org ESMTP
            C: EHLO [192.0.2.9]
            S: 250-mail.example.org
            S: 250 AUTH PLAIN
            C: AUTH PLAIN AHVzZXIAd3Jvbmc=
            after 1s
            S: 535 5.7.8 Wrong
            C: QUIT
            S: 221 Bye
        ";
        network.connects("127.0.0.1", 0, script);
        let sent = send_at_once(network, &pool, 10);
        let is_refused = |sent: &Result<_, Error>| matches!(sent, Err(Error::AuthRefused(..)));
        assert!(sent.iter().all(is_refused), "{sent:?}");
        assert_eq!(network.attempts().len(), 1);
    });
}

#[test]
fn connections_are_opened_together_if_nobody_logs_in() {
    both_ways(|network| {
        let pool = pool(network, 3);
        for text in ["1", "2", "3"] {
            network.connects(ADDRESS, 0, &session(text));
        }
        let sent = send_at_once(network, &pool, 3);
        assert_eq!(sent, ["1", "2", "3"].map(|text| Ok(text.into())));
        assert_eq!(seconds(network), 1);
    });
}

#[test]
fn messages_wait_for_the_others_if_the_server_takes_no_more_connections() {
    both_ways(|network| {
        let pool = pool(network, 3);
        let script = [session("1"), further("2"), further("3"), further("4")].concat();
        network.connects(ADDRESS, 0, &script);
        for _ in 0..2 {
            network.connects(ADDRESS, 0, "S: 421 Too many connections\ncloses");
        }
        assert_eq!(send_at_once(network, &pool, 1), [Ok("1".into())]);
        let mut sent = send_at_once(network, &pool, 3);
        sent.sort_by_key(|text| text.clone().unwrap_or_default());
        assert_eq!(sent, ["2", "3", "4"].map(|text| Ok(text.into())));
    });
}

#[test]
fn a_refusal_of_the_only_connection_is_an_error() {
    both_ways(|network| {
        let pool = pool(network, 3);
        network.connects(ADDRESS, 0, "S: 421 Too busy\ncloses");
        let sent = send_all(network, &pool, 2);
        let is_refusal = |sent: &Result<String, Error>| matches!(sent, Err(Error::Rejected(Phase::Greeting, reply)) if reply.code == 421);
        assert!(sent.iter().all(is_refusal), "{sent:?}");
    });
}

#[test]
fn a_connection_that_breaks_does_not_stop_the_others() {
    both_ways(|network| {
        let pool = pool(network, 2);
        network.connects(ADDRESS, 0, &format!("{}{}", session("1"), further("2")));
        network.connects(ADDRESS, 0, &format!("{ENVELOPE} C: ...\nbreaks"));
        assert_eq!(send_at_once(network, &pool, 1), [Ok("1".into())]);
        let sent = send_at_once(network, &pool, 2);
        let broken = Err(Error::Disconnected(Phase::Acceptance));
        assert_eq!(sent, [Ok("2".into()), broken]);
    });
}

#[test]
fn those_who_wait_for_a_server_that_has_died_are_told_together() {
    both_ways(|network| {
        let pool = pool(network, 2);
        network.connects(
            ADDRESS,
            0,
            &format!("{} C: QUIT\n S: 221 Bye\n", session("1")),
        );
        assert_eq!(send_at_once(network, &pool, 1), [Ok("1".into())]);
        network.run(pool.close());
        let before = network.elapsed();
        (0..2).for_each(|_| network.ignores(ADDRESS));
        let sent = send_at_once(network, &pool, 20);
        let is_unreachable = |sent: &Result<_, Error>| matches!(sent, Err(Error::ConnectFailed(_)));
        assert!(sent.iter().all(is_unreachable), "{sent:?}");
        assert_eq!(network.elapsed() - before, Duration::from_secs(30));
    });
}

#[test]
fn a_server_that_is_back_is_noticed_by_the_next_call() {
    both_ways(|network| {
        let pool = pool(network, 1);
        network.connects(
            ADDRESS,
            0,
            &format!("{} C: QUIT\n S: 221 Bye\n", session("1")),
        );
        assert_eq!(send_at_once(network, &pool, 1), [Ok("1".into())]);
        network.run(pool.close());
        network.ignores(ADDRESS);
        assert!(send_at_once(network, &pool, 3).iter().all(Result::is_err));
        network.connects(ADDRESS, 0, &[session("2"), further("3")].concat());
        assert_eq!(
            send_at_once(network, &pool, 2),
            [Ok("2".into()), Ok("3".into())]
        );
    });
}

#[test]
fn a_wrong_envelope_is_refused_before_a_connection_is_free() {
    both_ways(|network| {
        let pool = pool(network, 1);
        network.connects(ADDRESS, 0, &session("1"));
        let options = Options::default();
        let message = message(&pool, &options);
        network.run(async {
            let first = pin!(pool.send(&message));
            let wrong = ["b@example.org\nRCPT TO:<c@example.org>".to_owned()];
            let second = async {
                let begun = network.elapsed();
                let refused = pool.start_message(None, &wrong, &options).await;
                assert!(matches!(refused.map(drop), Err(Error::InvalidArgument(_))));
                assert_eq!(network.elapsed(), begun);
            };
            join(first, second).await.0.unwrap()
        });
    });
}

#[test]
fn a_call_that_is_dropped_closes_its_connection_and_frees_its_place() {
    both_ways(|network| {
        let pool = pool(network, 1);
        network.connects(ADDRESS, 0, &format!("{ENVELOPE} C: ..."));
        network.connects(ADDRESS, 0, &session("2"));
        let options = Options::default();
        let message = message(&pool, &options);
        network.run(async {
            let half_a_second = Deadline::after(network, Duration::from_millis(500));
            let pause = pin!(network.sleep_until(half_a_second));
            select(pin!(pool.send(&message)), pause).await;
        });
        assert_eq!(send_at_once(network, &pool, 1), [Ok("2".into())]);
    });
}

#[test]
fn whoever_waits_for_a_connection_waits_no_longer_than_the_whole_call() {
    both_ways(|network| {
        let pool = pool(network, 1);
        network.connects(ADDRESS, 0, &format!("{} ", session("1")));
        let options = Options::default();
        let message = message(&pool, &options);
        let (first, second) = network.run(async {
            let first = pool.send(&message);
            let second = async {
                pool.configure(|mailer| {
                    let limit = Some(Duration::from_millis(500));
                    mailer.set_timeout(envoi::Timeout::Total, limit);
                });
                pool.send(&message).await
            };
            join(first, second).await
        });
        assert!(first.is_ok(), "{first:?}");
        let total = Error::Timeout(Phase::Connect, envoi::Timeout::Total);
        assert_eq!(second.map(drop), Err(total));
    });
}

/// A pool whose calls may take half a second.
fn in_a_hurry(network: &FakeNetwork, connections: usize) -> Rc<Pool<FakeNetwork>> {
    let pool = pool(network, connections);
    hurry(&pool);
    pool
}

fn hurry(pool: &Pool<FakeNetwork>) {
    let limit = Some(Duration::from_millis(500));
    pool.configure(|mailer| mailer.set_timeout(envoi::Timeout::Total, limit));
}

const OUT_OF_TIME: Error = Error::Timeout(Phase::Connect, envoi::Timeout::Total);

#[test]
fn whoever_waits_for_the_first_connection_waits_no_longer_than_the_whole_call() {
    both_ways(|network| {
        let pool = pool(network, 2);
        network.resolves_to(&["127.0.0.1"]);
        log_in(&pool);
        network.connects("127.0.0.1", 0, "after 1s\nS: 421 Busy\ncloses");
        let options = Options::default();
        let message = message(&pool, &options);
        let (first, second) = network.run(async {
            let first = pool.send(&message);
            let second = async {
                hurry(&pool);
                let sent = pool.send(&message).await;
                (sent, network.elapsed())
            };
            join(first, second).await
        });
        assert!(first.is_err(), "{first:?}");
        assert_eq!(second, (Err(OUT_OF_TIME), Duration::from_millis(500)));
    });
}

#[test]
fn whoever_waits_while_the_pool_closes_waits_no_longer_than_the_whole_call() {
    both_ways(|network| {
        let pool = pool(network, 2);
        network.connects(ADDRESS, 0, &format!("{}C: QUIT\nS: 221 Bye", session("1")));
        let options = Options::default();
        let message = message(&pool, &options);
        let recipients = ["b@example.org".to_owned()];
        let ((first, ()), second, third) = network.run(async {
            let closed = join(pool.send(&message), pool.close());
            let late = async {
                hurry(&pool);
                let whole = pool.send(&message).await;
                (whole, network.elapsed())
            };
            let in_pieces = async {
                let sender = Some("a@example.net");
                let started = pool.start_message(sender, &recipients, &options).await;
                (started.map(drop), network.elapsed())
            };
            futures_util::future::join3(closed, late, in_pieces).await
        });
        assert!(first.is_ok(), "{first:?}");
        let half_a_second = Duration::from_millis(500);
        assert_eq!(second, (Err(OUT_OF_TIME), half_a_second));
        assert_eq!(third, (Err(OUT_OF_TIME), half_a_second));
    });
}

#[test]
fn whoever_waits_for_the_rate_waits_no_longer_than_the_whole_call() {
    both_ways(|network| {
        let pool = in_a_hurry(network, 1);
        pool.set_rate_limits(Some(1), None);
        network.connects(ADDRESS, 0, &session("1").replace("after 1s\n", ""));
        let sent = send_all(network, &pool, 2);
        assert_eq!(sent, [Ok("1".into()), Err(OUT_OF_TIME)]);
        assert_eq!(network.elapsed(), Duration::from_millis(500));
    });
}

#[test]
fn a_message_in_pieces_that_waited_for_a_connection_has_the_rest_of_its_time() {
    both_ways(|network| {
        let pool = pool(network, 1);
        // The first message takes a second, so that less than a second is left for the greeting.
        network.connects(ADDRESS, 0, &format!("{}closes", session("1")));
        network.connects(ADDRESS, 0, "");
        let options = Options::default();
        let message = message(&pool, &options);
        let recipients = ["b@example.org".to_owned()];
        let limit = Some(Duration::from_millis(1_500));
        pool.configure(|mailer| mailer.set_timeout(envoi::Timeout::Total, limit));
        let (first, second) = network.run(async {
            let sender = Some("a@example.net");
            let second = pool.start_message(sender, &recipients, &options);
            join(pool.send(&message), second).await
        });
        assert!(first.is_ok(), "{first:?}");
        let late = Error::Timeout(Phase::Greeting, envoi::Timeout::Total);
        assert_eq!(second.map(drop), Err(late));
        assert_eq!(network.elapsed(), Duration::from_millis(1_500));
    });
}

#[test]
fn a_connection_counts_until_it_is_closed() {
    both_ways(|network| {
        let pool = pool(network, 2);
        let minute = Duration::from_secs(60);
        pool.configure(|mailer| mailer.set_connection_limits(Some(minute), None));
        // The server answers no QUIT, so that each takes two seconds.
        let (quit, two) = ("C: QUIT\n", [session("1"), further("2")].concat());
        network.connects(ADDRESS, 0, &format!("{two}{quit}"));
        network.connects(ADDRESS, 0, &format!("{}{quit}", session("3")));
        assert_eq!(send_at_once(network, &pool, 1), [Ok("1".into())]);
        assert_eq!(send_at_once(network, &pool, 2).len(), 2);
        network.lets_pass(minute);
        let closed = network.elapsed() + Duration::from_secs(2);
        network.connects(ADDRESS, 0, &session("4"));
        network.connects(ADDRESS, 0, &session("5"));
        let sent = send_at_once(network, &pool, 2);
        assert!(sent.iter().all(Result::is_ok), "{sent:?}");
        let attempts = network.attempts();
        let is_late = |(at, _): &(u128, String)| *at >= closed.as_millis();
        assert!(attempts[2..].iter().all(is_late), "{attempts:?}");
    });
}

#[test]
fn messages_start_at_the_rate_that_is_set() {
    both_ways(|network| {
        let pool = pool(network, 2);
        pool.set_rate_limits(Some(6), None);
        let script = [session("1"), further("2"), further("3")].concat();
        network.connects(ADDRESS, 0, &script);
        let sent = send_all(network, &pool, 3);
        assert_eq!(sent, ["1", "2", "3"].map(|text| Ok(text.into())));
        assert_eq!(seconds(network), 21);
    });
}

#[test]
fn closing_waits_for_messages_and_says_quit_on_each_connection() {
    both_ways(|network| {
        let pool = pool(network, 2);
        let quit = "C: QUIT\nS: 221 Bye\n";
        network.connects(
            ADDRESS,
            0,
            &[session("1"), further("2"), quit.into()].concat(),
        );
        network.connects(ADDRESS, 0, &[session("3"), quit.into()].concat());
        assert_eq!(send_at_once(network, &pool, 1), [Ok("1".into())]);
        let options = Options::default();
        let message = message(&pool, &options);
        let (sent, ()) = network.run(join(
            join_all((0..2).map(|_| pool.send(&message))),
            pool.close(),
        ));
        assert!(sent.iter().all(Result::is_ok), "{sent:?}");
    });
}

#[test]
fn a_setting_that_needs_a_new_connection_gets_one() {
    both_ways(|network| {
        let pool = pool(network, 1);
        network.connects(ADDRESS, 0, &session("1"));
        network.connects(ADDRESS, 0, &session("2"));
        assert_eq!(send_at_once(network, &pool, 1), [Ok("1".into())]);
        pool.configure(|mailer| mailer.set_security(Security::Plaintext));
        assert_eq!(send_at_once(network, &pool, 1), [Ok("2".into())]);
        assert_eq!(network.attempts().len(), 2, "{HOST}");
    });
}

#[test]
fn fewer_connections_are_used_once_the_limit_is_lower() {
    both_ways(|network| {
        let pool = pool(network, 2);
        let script = [session("1"), further("2"), further("3")].concat();
        network.connects(ADDRESS, 0, &script);
        pool.set_connections(1);
        let sent = send_at_once(network, &pool, 3);
        assert!(sent.iter().all(Result::is_ok), "{sent:?}");
        assert_eq!(network.attempts().len(), 1);
    });
}

#[test]
fn a_message_in_pieces_keeps_its_connection_until_it_ends() {
    both_ways(|network| {
        let pool = pool(network, 1);
        network.connects(ADDRESS, 0, &format!("{}{}", session("1"), further("2")));
        let (options, recipients) = (Options::default(), ["b@example.org".to_owned()]);
        let whole = message(&pool, &options);
        let (pieces, whole) = network.run(async {
            let started = pool.start_message(Some("a@example.net"), &recipients, &options);
            let mut message = started.await.unwrap();
            let pieces = async {
                message.write(HELLO.as_bytes()).await?;
                message.finish().await
            };
            join(pieces, pool.send(&whole)).await
        });
        assert_eq!(text(pieces), Ok("1".into()));
        assert_eq!(text(whole), Ok("2".into()));
    });
}
