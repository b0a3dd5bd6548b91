//! [`Checked`] to tokens. Nothing here can fail.
//!
//! What is generated is in the folder `expanded`, option by option.
//!
//! - Items are not hygienic. So all of them are inside the initialiser, under names that nobody
//!   else uses.
//! - What is generated has the macro's span, so that no lint of the user's crate looks at it. Where
//!   the compiler is to point at a word of the user's, it is that word's place, resolved at the
//!   macro; see [`check`].
//! - One mistake is one error. So the type is written once, where the user has written it, and all
//!   that has to be known of it is asked of the static itself, in a function that is not called; the
//!   runtime crate's path, the alignment, the address and the buffer are written once as well.
//! - No other constant depends on a check: the compiler would point at it as well. Constants are
//!   evaluated all the same (Rust reference, "constant items"). None is called `_`: it would count as
//!   a use of the static, and an allocator that is never used would go unreported.

use proc_macro2::{Delimiter, Group, Ident, Literal, Span, TokenStream, TokenTree};
use quote::{ToTokens, quote_spanned};
use syn::ext::IdentExt as _;
use syn::{Attribute, LitStr, Path};

use crate::model::{Align, Checked, Item, Placement};
use crate::place::ends;
use crate::scan;
use crate::section;
use crate::written::written;

/// The completed item.
pub(crate) fn definition(checked: &Checked) -> TokenStream {
    let Checked { item, align, placement, listener, .. } = checked;
    let Item { attrs, vis, keyword, name, colon, ty, semicolon } = item;
    let attrs = attrs.iter().map(unless_expected_dead);
    let keyword = quote_spanned!(*keyword=> static);
    let ty = scan::brace_number(ty);
    let judgement = judgement(checked);
    let buffer = match placement {
        Placement::Zeroed => own_buffer(align, None),
        Placement::Uninit => own_buffer(align, Some(&section::uninit(name))),
        Placement::Section(section) => own_buffer(align, Some(section)),
        Placement::Buffer(_) | Placement::Address(_) => TokenStream::new(),
    };
    let bitmap = bitmap();
    let value = value(name, placement, listener.is_some());
    quote_spanned! {Span::mixed_site()=>
        #(#attrs)*
        #vis #keyword #name #colon #ty = {
            #judgement
            #buffer
            #bitmap
            #value
        } #semicolon
    }
}

/// The constants of a definition, and what judges them and its type.
pub(crate) fn judgement(checked: &Checked) -> TokenStream {
    let Checked { item, align, placement, listener, runtime } = checked;
    let import = import(runtime.as_ref());
    let shape = shape(item, placement);
    let align_items = align_items(align, placement);
    let address_items = match placement {
        Placement::Address(address) => address_items(align, address),
        _ => TokenStream::new(),
    };
    let operations = listener.as_ref().map(operations);
    quote_spanned!(Span::mixed_site()=> #import #shape #align_items #address_items #operations)
}

/// The attribute; but `allow` for an `expect` of dead code. That the static is named in its own
/// initialiser makes the compiler take it for used where it looks for what was expected, and say
/// that the expectation is not fulfilled. (It does so of a function that calls itself.)
fn unless_expected_dead(attr: &Attribute) -> TokenStream {
    let is_about_lints = attr.path().is_ident("expect") || attr.path().is_ident("cfg_attr");
    if is_about_lints { allow_dead_code(attr.to_token_stream()) } else { attr.to_token_stream() }
}

fn allow_dead_code(attr: TokenStream) -> TokenStream {
    let is_dead = |lint: TokenTree| match lint {
        TokenTree::Ident(word) => word == "dead_code" || word == "unused",
        TokenTree::Group(_) | TokenTree::Punct(_) | TokenTree::Literal(_) => false,
    };
    let mut tokens = attr.into_iter().peekable();
    let mut allowed = TokenStream::new();
    while let Some(token) = tokens.next() {
        allowed.extend([match (token, tokens.peek()) {
            (TokenTree::Ident(word), Some(TokenTree::Group(lints)))
                if word == "expect" && lints.stream().into_iter().any(is_dead) =>
            {
                TokenTree::Ident(Ident::new("allow", word.span()))
            }
            (TokenTree::Group(group), _) => {
                let mut inside = Group::new(group.delimiter(), allow_dead_code(group.stream()));
                inside.set_span(group.span());
                TokenTree::Group(inside)
            }
            (token, _) => token,
        }]);
    }
    allowed
}

fn import(runtime: Option<&Path>) -> TokenStream {
    let site = Span::mixed_site();
    let root =
        runtime.map_or_else(|| quote_spanned!(site=> ::mem_blocks), ToTokens::to_token_stream);
    // At the place of the path, where the compiler says that there is no such module in it.
    let (_, last) = ends(&root);
    let module = quote_spanned!(last.resolved_at(site)=> __private as __mem_blocks);
    quote_spanned!(site=> use #root::#module;)
}

/// The numbers of the type, and what judges them.
fn shape(item: &Item, placement: &Placement) -> TokenStream {
    let site = Span::mixed_site();
    let Item { name, ty, .. } = item;
    // At the place of the type, where the compiler says that it is no `MemBlocks`.
    let (first, last) = ends(ty);
    // Raw, because here it is read in the edition of the macros: `gen` is a name in 2021.
    let name = Ident::new_raw(&name.unraw().to_string(), last.resolved_at(site));
    let this = quote_spanned!(first.resolved_at(site)=> || &#name);
    let this = call(ty, "type_of", this);
    let shape = if let Placement::Buffer(path) = placement {
        // At the place of the path, where the compiler says that a buffer is of the wrong type.
        let (first, last) = ends(&path.to_token_stream());
        let mut buffer = Group::new(Delimiter::Parenthesis, quote_spanned!(first=> &#path));
        buffer.set_span(last.resolved_at(site));
        let buffer = quote_spanned!(first.resolved_at(site)=> buffer #buffer);
        quote_spanned! {site=>
            const __MEM_BLOCKS_BUFFER: __mem_blocks::UserBuffer = #this.#buffer;
            const __MEM_BLOCKS_SHAPE: __mem_blocks::Shape = __MEM_BLOCKS_BUFFER.shape();
        }
    } else {
        quote_spanned!(site=> const __MEM_BLOCKS_SHAPE: __mem_blocks::Shape = #this.shape();)
    };
    // At the argument of the type that is wrong, where it has its own name.
    let [block, number] = scan::arguments(ty).unwrap_or_else(|| [ty.clone(), ty.clone()]);
    let judged = quote_spanned!(site=> __MEM_BLOCKS_SHAPE);
    let check_block = check(&block, "check_block", &judged);
    let check_number = check(&number, "check_number", &judged);
    let check_buffer = check(ty, "check_buffer", &judged);
    quote_spanned! {site=>
        #shape
        const __MEM_BLOCKS_CHECK_BLOCK: () = #check_block;
        // No buffer is both of no blocks and too large.
        const __MEM_BLOCKS_CHECK_BLOCKS: () = { #check_number; #check_buffer; };
    }
}

/// The alignment, if one was written, and what judges it.
fn align_items(align: &Align, placement: &Placement) -> TokenStream {
    let site = Span::mixed_site();
    let Align::Written(align) = align else {
        return TokenStream::new();
    };
    let (function, judged_by) = match placement {
        Placement::Buffer(_) => ("check_buffer_align", quote_spanned!(site=> __MEM_BLOCKS_BUFFER)),
        _ => ("check_align", quote_spanned!(site=> __MEM_BLOCKS_SHAPE)),
    };
    let check = check(align, function, &quote_spanned!(site=> #judged_by, __MEM_BLOCKS_ALIGN));
    let value = value_and_semicolon(align);
    quote_spanned! {site=>
        const __MEM_BLOCKS_ALIGN: ::core::primitive::usize = #value
        const __MEM_BLOCKS_CHECK_ALIGN: () = #check;
    }
}

/// What other values are judged by, and buffers aligned to.
fn align_value(align: &Align) -> TokenStream {
    let site = Span::mixed_site();
    match align {
        Align::Default => quote_spanned!(site=> __mem_blocks::Align::Default),
        Align::Written(_) => {
            quote_spanned!(site=> __mem_blocks::Align::Written(__MEM_BLOCKS_ALIGN))
        }
        Align::Refused => quote_spanned!(site=> __mem_blocks::Align::Refused),
    }
}

/// A buffer of bytes, because the type of the blocks is not written a second time.
fn own_buffer(align: &Align, section: Option<&LitStr>) -> TokenStream {
    let align = align_value(align);
    let section = section.map(section::attribute);
    quote_spanned! {Span::mixed_site()=>
        #section
        static __MEM_BLOCKS_BUFFER: __mem_blocks::BlockBuffer<
            ::core::primitive::u8,
            { __MEM_BLOCKS_SHAPE.buffer_size() },
            { __MEM_BLOCKS_SHAPE.buffer_align(#align) },
        > = __mem_blocks::BlockBuffer::new();
    }
}

/// The address, and what judges it.
fn address_items(align: &Align, address: &TokenStream) -> TokenStream {
    let site = Span::mixed_site();
    let align = align_value(align);
    let arguments = quote_spanned! {site=>
        __MEM_BLOCKS_SHAPE, #align, __MEM_BLOCKS_ADDRESS
    };
    let check = check(address, "check_address", &arguments);
    let value = value_and_semicolon(address);
    quote_spanned! {site=>
        const __MEM_BLOCKS_ADDRESS: ::core::primitive::usize = #value
        const __MEM_BLOCKS_CHECK_ADDRESS: () = #check;
    }
}

/// What an allocator with a listener does in place of the usual. One without has none, and is what it
/// was before there were listeners.
fn operations(listener: &Path) -> TokenStream {
    let site = Span::mixed_site();
    // At the place of the path, where the compiler says that a function is of the wrong type.
    let (first, last) = ends(&listener.to_token_stream());
    let mut argument = Group::new(Delimiter::Parenthesis, listener.to_token_stream());
    argument.set_span(last.resolved_at(site));
    let call = quote_spanned!(first.resolved_at(site)=> listened #argument);
    quote_spanned! {site=>
        static __MEM_BLOCKS_OPERATIONS: __mem_blocks::Operations = __MEM_BLOCKS_SHAPE.#call;
    }
}

fn bitmap() -> TokenStream {
    quote_spanned! {Span::mixed_site()=>
        static __MEM_BLOCKS_BITMAP: __mem_blocks::Bitmap<
            { __MEM_BLOCKS_SHAPE.bitmap_words() }
        > = __mem_blocks::Bitmap::new();
    }
}

/// The value of the static: the one place where an unsafe function is called.
///
/// What it demands, apart from what the checks see to: no other allocator uses the buffer or the
/// bitmap. Those that are generated can be named in the initialiser only, which is evaluated once.
/// For the user's buffer, and the memory at an address, `unsafe(..)` in the definition is the
/// user's word.
fn value(name: &Ident, placement: &Placement, is_listened: bool) -> TokenStream {
    let site = Span::mixed_site();
    let start = match placement {
        Placement::Zeroed | Placement::Uninit | Placement::Section(_) => {
            quote_spanned!(site=> __mem_blocks::start(&__MEM_BLOCKS_BUFFER))
        }
        Placement::Buffer(_) => quote_spanned!(site=> __MEM_BLOCKS_BUFFER.start()),
        Placement::Address(_) => quote_spanned!(site=> __mem_blocks::at(__MEM_BLOCKS_ADDRESS)),
    };
    let mut name = Literal::string(&name.unraw().to_string());
    name.set_span(site);
    let operations = if is_listened {
        quote_spanned!(site=> ::core::option::Option::Some(&__MEM_BLOCKS_OPERATIONS))
    } else {
        quote_spanned!(site=> ::core::option::Option::None)
    };
    quote_spanned! {site=>
        // SAFETY: I2, I8, I9, as said above.
        unsafe {
            __mem_blocks::allocator(
                __MEM_BLOCKS_SHAPE,
                #start,
                &__MEM_BLOCKS_BITMAP,
                #name,
                #operations,
            )
        }
    }
}

/// The call of a function that judges what was written, `at`, and is told how that reads.
fn check(at: &TokenStream, function: &str, arguments: &TokenStream) -> TokenStream {
    let site = Span::mixed_site();
    let written = Literal::string(&written(at));
    call(at, function, quote_spanned!(site=> #arguments, #written))
}

/// A call that is found wrong, if it is, at the tokens `at`.
///
/// The place of a panic in a `#[track_caller]` function is that of the call, which extends from its
/// first token to its last: so these two are given the places of the first and the last token of
/// `at`.
fn call(at: &TokenStream, function: &str, arguments: TokenStream) -> TokenStream {
    let site = Span::mixed_site();
    let (first, last) = ends(at);
    let first = first.resolved_at(site);
    let function = Ident::new(function, first);
    let mut arguments = Group::new(Delimiter::Parenthesis, arguments);
    arguments.set_span(last.resolved_at(site));
    quote_spanned!(first=> __mem_blocks::#function #arguments)
}

/// The value of a constant. The semicolon is where the value ends: that is where the compiler says
/// that one is not complete.
fn value_and_semicolon(value: &TokenStream) -> TokenStream {
    let (_, last) = ends(value);
    let semicolon = quote_spanned!(last.resolved_at(Span::mixed_site())=> ;);
    let value = without_lints(value.clone());
    quote_spanned!(Span::mixed_site()=> #value #semicolon)
}

/// Braces and parentheses around a whole value are the user's way of writing an option; as the value
/// of a constant, a lint would call them unused. So they get the macro's span.
fn without_lints(value: TokenStream) -> TokenStream {
    let is_whole = value.clone().into_iter().nth(1).is_none();
    let resolved = |token| match token {
        TokenTree::Group(group) if is_whole => {
            let stream = match group.delimiter() {
                Delimiter::None => without_lints(group.stream()),
                _ => group.stream(),
            };
            let mut resolved = Group::new(group.delimiter(), stream);
            resolved.set_span(group.span().resolved_at(Span::mixed_site()));
            TokenTree::Group(resolved)
        }
        token => token,
    };
    value.into_iter().map(resolved).collect()
}

#[cfg(test)]
mod tests {
    use proc_macro2::{Ident, Span};

    use super::{allow_dead_code, value};
    use crate::model::Placement;

    #[test]
    fn an_allocator_of_a_raw_name_has_a_plain_one_at_run_time() {
        let name = Ident::new_raw("type", Span::call_site());
        assert!(value(&name, &Placement::Zeroed, false).to_string().contains("\"type\""));
    }

    #[test]
    fn dead_code_that_is_expected_is_allowed() {
        let tokens = |text: &str| text.parse().expect("the text should be tokens");
        for (written, becomes) in [
            ("#[expect(dead_code)]", "# [allow (dead_code)]"),
            ("#[expect(unused)]", "# [allow (unused)]"),
            ("#[cfg_attr(a, expect(b, unused))]", "# [cfg_attr (a , allow (b , unused))]"),
            ("#[expect(missing_docs)]", "# [expect (missing_docs)]"),
            ("#[cfg_attr(dead_code, warn(unused))]", "# [cfg_attr (dead_code , warn (unused))]"),
            ("#[cfg_attr(a, path = expect)]", "# [cfg_attr (a , path = expect)]"),
        ] {
            assert_eq!(allow_dead_code(tokens(written)).to_string(), becomes);
        }
    }
}
