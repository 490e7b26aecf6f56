//! What bindings have in common becomes one function: `build/shared.rs`.

#[path = "../build/detached.rs"]
mod detached;
#[path = "../build/shared.rs"]
mod shared;

/// An export whose result is lowered by this block.
fn export(name: &str, place: &str, block: &str) -> String {
    format!(
        "unsafe fn _export_{name}_cabi<T_: Guest>(arg0: i32) -> *mut u8 {{
            let result0 = {{ T_::{name}(arg0) }};
            let {place} = (&raw mut _RET_AREA.0).cast::<u8>();
            match result0 {{
                Ok(_) => {{ *{place}.add(0).cast::<u8>() = 0; }}
                Err(e) => {{ {block} }}
            }}
            {place}
        }}"
    )
}

/// As wit-bindgen writes it, whose numbers go on from function to function.
fn error(place: &str, number: usize, path: &str) -> String {
    format!(
        "*{place}.add(0).cast::<u8>() = 1;
        match e {{
            {path}::Other(e) => {{
                let vec{number} = e.into_boxed_slice();
                *{place}.add(8).cast::<usize>() = vec{number}.len();
            }}
            {path}::AuthNeedsTls => {{ *{place}.add(4).cast::<u8>() = 1; }}
        }}"
    )
}

/// The bindings afterwards, and how many functions they share.
fn share(bindings: &str) -> (String, usize) {
    let mut file = syn::parse_file(bindings).unwrap();
    shared::share(&mut file).unwrap();
    let text = prettyplease::unparse(&file);
    let count = text.matches("pub unsafe fn").count();
    (text, count)
}

#[test]
fn what_two_exports_do_alike_is_one_function() {
    let one = export("one", "ptr1", &error("ptr1", 2, "Error"));
    let two = export("two", "ptr7", &error("ptr7", 9, "Error"));
    let (text, count) = share(&format!("{one} {two}"));
    assert_eq!(count, 1, "{text}");
    for place in ["ptr1", "ptr7"] {
        let call = format!("shared::lower_error_0(e, {place});");
        assert!(text.contains(&call), "{text}");
    }
}

#[test]
fn a_type_of_another_module_is_the_same_type() {
    let one = export("one", "ptr1", &error("ptr1", 2, "Error"));
    let renamed = format!("use super::smtp::Error as V3; {}", error("ptr1", 2, "V3"));
    let two = export("two", "ptr1", &renamed);
    let (text, count) = share(&format!("{one} mod streams {{ {two} }}"));
    assert_eq!(count, 1, "{text}");
}

#[test]
fn what_is_freed_alike_is_one_function() {
    let post_return = |name, number| {
        format!(
            "unsafe fn __post_return_{name}<T_: Guest>(arg0: *mut u8) {{
                unsafe {{
                    let l{number} = *arg0.add(8).cast::<*mut u8>();
                    _rt::cabi_dealloc(l{number}, 1, 1);
                }}
            }}"
        )
    };
    let export = export("one", "ptr1", &error("ptr1", 2, "Error"));
    let (text, count) = share(&format!(
        "{export} {} {}",
        post_return("one", 0),
        post_return("two", 1)
    ));
    assert_eq!(count, 2, "{text}");
    assert_eq!(text.matches("free_1(arg0)").count(), 2, "{text}");
}

#[test]
fn variables_of_one_name_are_not_confused() {
    let inner = "for base in e { let base = base.add(1); *base.add(2) = base; } let l0 = base;";
    let outer = "for l0 in e { let l1 = base.add(1); *base.add(2) = l1; } let l0 = base;";
    let lowering = |block| format!("let Receipt {{ .. }} = e; {block} *base.add(0) = 1;");
    let exports = [
        export("one", "base", &error("base", 2, "Error")),
        export("two", "base", &lowering(inner)),
        export("three", "base", &lowering(outer)),
    ];
    let (text, _) = share(&exports.join(" "));
    for call in ["free_1(base_0);", "free_3(at);"] {
        assert!(text.contains(call), "{text}");
    }
}

#[test]
fn bindings_that_are_written_otherwise_are_refused() {
    let mut file = syn::parse_file("unsafe fn _export_one_cabi() { lower(e) }").unwrap();
    let refusal = shared::share(&mut file).unwrap_err();
    assert!(refusal.contains("by 0 functions"), "{refusal}");
}
