//! What an instance of the component has of its host.

use wasmtime::component::ResourceTable;
use wasmtime_wasi::{WasiCtx, WasiCtxBuilder, WasiCtxView, WasiView};

pub struct State {
    wasi: WasiCtx,
    table: ResourceTable,
}

impl Default for State {
    /// Connections, and names: the component asks for no more. No files, no environment.
    fn default() -> State {
        let mut wasi = WasiCtxBuilder::new();
        wasi.allow_tcp(true);
        wasi.inherit_network();
        wasi.allow_ip_name_lookup(true);
        State {
            wasi: wasi.build(),
            table: ResourceTable::new(),
        }
    }
}

impl WasiView for State {
    fn ctx(&mut self) -> WasiCtxView<'_> {
        WasiCtxView {
            ctx: &mut self.wasi,
            table: &mut self.table,
        }
    }
}
