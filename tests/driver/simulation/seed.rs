//! One seed: what it chooses, what happens, and whether that is what was reported.

use std::cell::Cell;
use std::rc::Rc;

use super::calls::Caller;
use super::mails::MailKind;
use super::network::SimNetwork;
use super::plan::{NetworkPlan, Weather};
use super::scheduler::{Task, run};
use super::settings::{Settings, mailer};
use super::tally::Tally;
use super::world::World;
use super::{one_mailer, one_pool};

/// Runs a seed.
///
/// # Errors
///
/// Says what must not happen and has.
pub(crate) fn run_seed(seed: u64, is_traced: bool, tally: &mut Tally) -> Result<(), String> {
    let world = World::new(seed, is_traced);
    let result = simulate(&world, tally);
    world.end();
    result
}

fn simulate(world: &Rc<World>, tally: &mut Tally) -> Result<(), String> {
    let weather = Weather::choose(world);
    let plan = NetworkPlan::choose(world, weather);
    let network = SimNetwork::new(world, weather, plan);
    world.trace(|| format!("{:?}", network.server()));
    let (mailer, settings) = mailer(&network);
    let caller = Caller {
        network: network.clone(),
        total: settings.total,
        kind: MailKind {
            eight_bit: weather == Weather::Any && world.chance(30.0),
            large: plan.window >= 1_500,
        },
        impatience: world.pick(&[0.0, 0.0, 5.0, 30.0]),
        mails: Rc::new(Cell::new(0)),
    };
    let only_whole = world.chance(40.0);
    let nothing_fails =
        weather == Weather::Calm && server_has_room(&network, &settings, only_whole);
    let tasks = if world.chance(50.0) {
        vec![Box::pin(one_mailer::use_mailer(caller, mailer, only_whole)) as Task]
    } else {
        one_pool::callers(&caller, mailer, only_whole)
    };
    run(world, tasks)?;
    // What is on its way still arrives.
    while world.advance() {}
    world.violation().map_or(Ok(()), Err)?;
    tally.count("seeds");
    if nothing_fails {
        tally.count("seeds in which nothing may fail");
    }
    network.ledger().judge(nothing_fails, tally)
}

/// Whether the server's limits of recipients are no reason for a refusal.
fn server_has_room(network: &SimNetwork, settings: &Settings, only_whole: bool) -> bool {
    let server = network.server();
    let is_limited = server.recipients.is_some() || server.domains.is_some();
    !is_limited || only_whole && settings.partial_delivery
}
