//! A resource of the component, and how its functions are called.

use std::{mem, thread};

use wasmtime::component::ResourceAny;

use crate::Instance;

/// Dropping it drops the resource.
pub(crate) struct Resource<'a> {
    instance: &'a Instance,
    handle: ResourceAny,
}

impl<'a> Resource<'a> {
    pub(crate) fn new(instance: &'a Instance, handle: ResourceAny) -> Resource<'a> {
        Resource { instance, handle }
    }

    pub(crate) fn handle(&self) -> ResourceAny {
        self.handle
    }

    pub(crate) fn instance(&self) -> &'a Instance {
        self.instance
    }

    /// A function of the component has taken the resource.
    pub(crate) fn forget(self) {
        mem::forget(self);
    }
}

impl Drop for Resource<'_> {
    fn drop(&mut self) {
        // After a call that panicked, the instance may not answer.
        if !thread::panicking() {
            self.instance.drop_resource(self.handle);
        }
    }
}

/// Calls a function of the component with owned arguments, one of which may be a stream: `(a; stream; b)`. The
/// target is an expression that has the function.
#[cfg(not(feature = "p3"))]
macro_rules! ask {
    ($instance:expr, |$world:ident| $target:expr, $function:ident($($argument:ident),*)) => {
        $instance.call(move |$world, store| {
            $target.$function(store $(, $crate::arguments::Lend::lend(&$argument))*)
        })
    };
    ($instance:expr, |$world:ident| $target:expr, $function:ident($($argument:ident),*; $stream:ident)) => {
        $instance.call(move |$world, store| {
            let stream = $crate::streams::input(store, $stream)?;
            $target.$function(store $(, $crate::arguments::Lend::lend(&$argument))*, stream)
        })
    };
}

/// As in WASI 0.2, but other calls may run at the same time.
#[cfg(feature = "p3")]
macro_rules! ask {
    ($instance:expr, |$world:ident| $target:expr, $function:ident($($argument:ident),*)) => {
        $crate::resource::begin!($instance, |$world| $target, $function($($argument),*)).wait()
    };
    (
        $instance:expr, |$world:ident| $target:expr,
        $function:ident($($argument:ident),*; $stream:ident $(; $($rest:ident),+)?)
    ) => {
        $crate::resource::begin!($instance, |$world| $target, $function($($argument),*; $stream $(; $($rest),+)?)).wait()
    };
}

/// Starts such a call.
#[cfg(feature = "p3")]
macro_rules! begin {
    ($instance:expr, |$world:ident| $target:expr, $function:ident($($argument:ident),*)) => {
        $instance.begin(move |$world, accessor| {
            Box::pin(async move { $target.$function(accessor $(, $argument)*).await })
        })
    };
    (
        $instance:expr, |$world:ident| $target:expr,
        $function:ident($($argument:ident),*; $stream:ident $(; $($rest:ident),+)?)
    ) => {
        $instance.begin(move |$world, accessor| {
            Box::pin(async move {
                let stream = $crate::source::stream(accessor, $stream)?;
                $target.$function(accessor $(, $argument)*, stream $($(, $rest)+)?).await
            })
        })
    };
}

/// Calls a function of the resource. Arguments after `&` are cloned, those after `;` are owned already.
macro_rules! call {
    ($this:ident, $resource:ident.$function:ident($($value:ident),*)) => {{
        let handle = $this.0.handle();
        $crate::resource::ask!($this.0.instance(), |world| $crate::resource::functions!(world, $resource), $function(handle $(, $value)*))
    }};
    ($this:ident, $resource:ident.$function:ident($(& $owned:ident),+ $(; $($value:ident),+)?)) => {{
        $(let $owned = $owned.to_owned();)+
        $crate::resource::call!($this, $resource.$function($($owned),+ $($(, $value)+)?))
    }};
}

/// The functions of a resource.
macro_rules! functions {
    ($world:ident, draft) => {
        $world.envoi_mail_compose().draft()
    };
    ($world:ident, signer) => {
        $world.envoi_mail_dkim().signer()
    };
    ($world:ident, $resource:ident) => {
        $world.envoi_mail_smtp().$resource()
    };
}

#[cfg(feature = "p3")]
pub(crate) use begin;
pub(crate) use {ask, call, functions};
