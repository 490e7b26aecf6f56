//! OAuth 2.0 tokens of a mail server. One instance of `envoi-oauth.wasm` keeps the token for all jobs of a host: the
//! instances of the handler end with their jobs.

use std::path::Path;
use std::result::Result;

use exports::envoi::mail::oauth::Failure;
use rust_host::precompiled;
use tokio::sync::Mutex;
use tracing::warn;
use wasmtime::component::{Linker, ResourceAny, ResourceTable};
use wasmtime::{Engine, Store};
use wasmtime_wasi::{WasiCtx, WasiCtxView, WasiView};
use wasmtime_wasi_http::{WasiHttpCtx, WasiHttpCtxView, WasiHttpView};

use crate::handler::Bearer;
use crate::oauth::{Grant, Settings};
pub(crate) use exports::envoi::mail::oauth::{Client, ClientAuthentication};

wasmtime::component::bindgen!({
    inline: "package example:mail-worker-tokens; world tokens { export envoi:mail/oauth@0.1.0; }",
    path: "../../wit",
    world: "tokens",
    exports: { default: async },
});

/// Its sockets are those of the host's HTTP client: it is granted none.
#[derive(Default)]
struct State {
    wasi: WasiCtx,
    http: WasiHttpCtx,
    table: ResourceTable,
}

impl WasiView for State {
    fn ctx(&mut self) -> WasiCtxView<'_> {
        WasiCtxView {
            ctx: &mut self.wasi,
            table: &mut self.table,
        }
    }
}

impl WasiHttpView for State {
    fn http(&mut self) -> WasiHttpCtxView<'_> {
        WasiHttpCtxView {
            hooks: Default::default(),
            ctx: &mut self.http,
            table: &mut self.table,
        }
    }
}

/// The component, for any number of servers.
pub struct Component {
    engine: Engine,
    component: TokensPre<State>,
}

impl Component {
    pub fn load(component: &Path) -> wasmtime::Result<Component> {
        let engine = Engine::default();
        let component = precompiled::load(&engine, component)?;
        let mut linker = Linker::new(&engine);
        wasmtime_wasi::p2::add_to_linker_async(&mut linker)?;
        wasmtime_wasi_http::p2::add_only_http_to_linker_async(&mut linker)?;
        let component = TokensPre::new(linker.instantiate_pre(&component)?)?;
        Ok(Component { engine, component })
    }
}

/// The tokens of one server.
pub struct Source {
    username: String,
    /// One job at a time asks for a token: the others find it then.
    instance: Mutex<Instance>,
}

struct Instance {
    store: Store<State>,
    world: Tokens,
    source: ResourceAny,
    refresh_token: Option<String>,
}

impl Source {
    /// Checks the settings, and makes no request. The inner error is a line for people.
    pub async fn start(
        component: &Component,
        settings: &Settings,
    ) -> wasmtime::Result<Result<Source, String>> {
        let mut store = Store::new(&component.engine, State::default());
        let world = component.component.instantiate_async(&mut store).await?;
        let made = make(&mut store, &world, settings).await?;
        Ok(made
            .map_err(|failure| failure.sentence)
            .map(|source| Source {
                username: settings.username.clone(),
                instance: Mutex::new(Instance {
                    store,
                    world,
                    source,
                    refresh_token: settings.refresh_token().map(Into::into),
                }),
            }))
    }

    /// A token, other than the refused one. Jobs that are refused at the same time get the same new one.
    ///
    /// # Errors
    /// A line for people.
    pub async fn bearer(&self, refused: Option<&Bearer>) -> Result<Bearer, String> {
        let mut instance = self.instance.lock().await;
        let mut token = instance.token().await?;
        if refused.is_some_and(|refused| refused.token == token) {
            instance.forget().await?;
            token = instance.token().await?;
        }
        Ok(Bearer {
            username: self.username.clone(),
            token,
        })
    }
}

impl Instance {
    async fn token(&mut self) -> Result<String, String> {
        let sources = self.world.envoi_mail_oauth().token_source();
        let token = sources.call_token(&mut self.store, self.source).await;
        let token = token.map_err(|trap| trapped(&trap))?;
        let current = sources
            .call_refresh_token(&mut self.store, self.source)
            .await;
        let current = current.map_err(|trap| trapped(&trap))?;
        if current != self.refresh_token {
            warn!(
                "the authorization server has replaced the refresh token, which this host keeps until it ends"
            );
            self.refresh_token = current;
        }
        token.map_err(|failure| format!("no token: {}", failure.sentence))
    }

    async fn forget(&mut self) -> Result<(), String> {
        let sources = self.world.envoi_mail_oauth().token_source();
        let forgotten = sources.call_forget(&mut self.store, self.source).await;
        forgotten.map_err(|trap| trapped(&trap))
    }
}

async fn make(
    store: &mut Store<State>,
    world: &Tokens,
    settings: &Settings,
) -> wasmtime::Result<Result<ResourceAny, Failure>> {
    let sources = world.envoi_mail_oauth().token_source();
    let scope = settings.scope.as_deref();
    match &settings.grant {
        Grant::ClientCredentials { token_url, client } => {
            sources
                .call_client_credentials(store, token_url, client, scope)
                .await
        }
        Grant::Refresh {
            token_url,
            client,
            token,
        } => {
            sources
                .call_refresh(store, token_url, client, token, scope)
                .await
        }
        Grant::ServiceAccount { key_file } => {
            let scope = scope.unwrap_or("https://mail.google.com/");
            let subject = Some(settings.username.as_str());
            sources
                .call_service_account(store, key_file, scope, subject)
                .await
        }
    }
}

fn trapped(trap: &wasmtime::Error) -> String {
    format!("the component for tokens failed: {}", trap.root_cause())
}
