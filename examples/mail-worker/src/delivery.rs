//! One delivery of a job. If the server refuses the token, the job goes once more, with another token.

use crate::handler::{Bearer, Handler, Server, Verdict};
use crate::job::Job;
use crate::outcome::later;
use crate::tokens::Source;

/// Returns the result for each recipient.
pub async fn deliver(
    handler: &Handler,
    server: &Server,
    tokens: Option<&Source>,
    job: &Job,
) -> Vec<Verdict> {
    let delivered = match tokens {
        None => once(handler, server, None, job).await,
        Some(tokens) => with_token(handler, server, tokens, job).await,
    };
    // Neither a refused token nor a trap is the job's fault: it waits for a better set-up, or a better handler.
    delivered.unwrap_or_else(|why| job.recipients.iter().map(|it| later(it, &why)).collect())
}

async fn with_token(
    handler: &Handler,
    server: &Server,
    tokens: &Source,
    job: &Job,
) -> Result<Vec<Verdict>, String> {
    let first = tokens.bearer(None).await?;
    match handler.deliver(server, Some(&first), job).await {
        Ok(Err(_refused)) => {
            let second = tokens.bearer(Some(&first)).await?;
            once(handler, server, Some(&second), job).await
        }
        Ok(delivered) => delivered,
        Err(trap) => Err(trapped(&trap)),
    }
}

async fn once(
    handler: &Handler,
    server: &Server,
    bearer: Option<&Bearer>,
    job: &Job,
) -> Result<Vec<Verdict>, String> {
    let delivered = handler.deliver(server, bearer, job).await;
    delivered.map_err(|trap| trapped(&trap))?
}

fn trapped(trap: &wasmtime::Error) -> String {
    format!("the handler failed: {}", trap.root_cause())
}
