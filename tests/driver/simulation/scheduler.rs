//! The scheduler: which task runs next is chance, and a task runs only if something has woken it.

use std::collections::BTreeSet;
use std::pin::Pin;
use std::rc::Rc;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Wake, Waker};

use super::world::World;

pub(crate) type Task = Pin<Box<dyn Future<Output = ()>>>;

/// Turns of one seed at most: none needs a tenth.
const MAX_TURNS: usize = 2_000_000;

type Woken = Arc<Mutex<BTreeSet<usize>>>;

struct TaskWaker {
    task: usize,
    woken: Woken,
}

impl Wake for TaskWaker {
    fn wake(self: Arc<Self>) {
        self.woken.lock().unwrap().insert(self.task);
    }
}

/// Runs tasks until all have ended.
///
/// # Errors
///
/// Says what must not happen and has: above all, a task waits for nothing that can still happen.
pub(crate) fn run(world: &Rc<World>, tasks: Vec<Task>) -> Result<(), String> {
    let woken: Woken = Arc::new(Mutex::new((0..tasks.len()).collect()));
    let waker = |task| {
        let woken = woken.clone();
        Waker::from(Arc::new(TaskWaker { task, woken }))
    };
    let mut tasks: Vec<Option<(Task, Waker)>> = tasks
        .into_iter()
        .enumerate()
        .map(|(number, task)| Some((task, waker(number))))
        .collect();
    let mut left = tasks.len();
    for _ in 0..MAX_TURNS {
        if left == 0 {
            return Ok(());
        }
        match choose(world, &woken, tasks.len()) {
            Some(chosen) => left -= usize::from(poll(&mut tasks[chosen])),
            None if world.advance() => {}
            None => {
                return Err(format!(
                    "{left} tasks wait for nothing that can still happen"
                ));
            }
        }
        if let Some(violation) = world.violation() {
            return Err(violation);
        }
    }
    Err("the tasks run, and nothing comes of it".into())
}

/// One of the tasks that were woken; now and then another one, as hosts do.
fn choose(world: &World, woken: &Woken, tasks: usize) -> Option<usize> {
    let mut woken = woken.lock().unwrap();
    if woken.is_empty() {
        return None;
    }
    if world.chance(3.0) {
        return Some(world.below(tasks));
    }
    let chosen = *woken.iter().nth(world.below(woken.len()))?;
    woken.remove(&chosen);
    Some(chosen)
}

/// True if the task has ended now.
fn poll(slot: &mut Option<(Task, Waker)>) -> bool {
    let Some((task, waker)) = slot else {
        return false;
    };
    let poll = task.as_mut().poll(&mut Context::from_waker(waker));
    if poll == Poll::Pending {
        return false;
    }
    *slot = None;
    true
}
