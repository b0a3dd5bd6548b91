//! Section names, and the targets on which they apply.
//!
//! | Placement | Section |
//! |---|---|
//! | no option | none: a buffer of `MaybeUninit` lands in `.bss` by itself |
//! | `uninit` | `.uninit.NAME`, which cortex-m-rt and riscv-rt keep out of start-up and of the flash image |
//! | `unsafe(section = "..")` | as written |
//!
//! A section name has a meaning only together with a linker script. So the attribute is there on
//! the targets that have both ELF sections and no operating system: every built-in target of that
//! kind has `target_os = "none"`, and of those only the WebAssembly one is not ELF. Elsewhere
//! (Mach-O even refuses names of this form) the buffer is an ordinary static, and the code still
//! builds and runs.

use proc_macro2::{Ident, Span, TokenStream};
use quote::quote_spanned;
use syn::LitStr;
use syn::ext::IdentExt as _;

/// The section of a buffer that start-up leaves alone.
pub(crate) fn uninit(name: &Ident) -> LitStr {
    LitStr::new(&format!(".uninit.{}", name.unraw()), Span::mixed_site())
}

/// The attribute that places a static in `section`, on the targets where that can work.
///
/// All of it has the macro's span, the name included: the lint `unsafe_code` looks at the span of
/// the attribute, and it was the author of the definition who answered for it by writing
/// `unsafe(..)`.
pub(crate) fn attribute(section: &LitStr) -> TokenStream {
    let span = section.span().resolved_at(Span::mixed_site());
    let section = LitStr::new(&section.value(), span);
    quote_spanned! {Span::mixed_site()=>
        #[cfg_attr(
            all(target_os = "none", not(target_family = "wasm")),
            unsafe(link_section = #section)
        )]
    }
}

#[cfg(test)]
mod tests {
    use super::uninit;
    use proc_macro2::{Ident, Span};

    #[test]
    fn a_raw_name_gives_a_plain_section() {
        assert_eq!(uninit(&Ident::new_raw("type", Span::call_site())).value(), ".uninit.type");
    }
}
