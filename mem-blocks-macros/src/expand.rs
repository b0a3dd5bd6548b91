//! [`Checked`] to tokens. Nothing here can fail.
//!
//! What is generated for `#[mem_blocks(align = LINE)] static FRAMES: Type;`:
//!
//! ```text
//! static FRAMES: Type = {
//!     use ::mem_blocks::__private as __mem_blocks;
//!     const __MEM_BLOCKS_TYPE: __mem_blocks::Shape = __mem_blocks::shape_of(|| &FRAMES);
//!     const __MEM_BLOCKS_SHAPE: __mem_blocks::Shape =
//!         __mem_blocks::check_blocks(__MEM_BLOCKS_TYPE, "Type");
//!     const __MEM_BLOCKS_ALIGN: ::core::primitive::usize = LINE;
//!     const __MEM_BLOCKS_LEGAL_ALIGN: ::core::primitive::usize =
//!         __mem_blocks::check_align(__MEM_BLOCKS_TYPE, __MEM_BLOCKS_ALIGN, "LINE");
//!     static __MEM_BLOCKS_BUFFER: __mem_blocks::BlockBuffer<..> = ..;
//!     static __MEM_BLOCKS_BITMAP: __mem_blocks::Bitmap<..> = ..;
//!     unsafe { __mem_blocks::allocator(.., &raw const __MEM_BLOCKS_BUFFER, &__MEM_BLOCKS_BITMAP) }
//! };
//! ```
//!
//! The whole of it, for each option, is in the folder `expanded`.
//!
//! - Items are not hygienic. So all of them are inside the initialiser, under names that nobody
//!   else uses.
//! - What is generated has the macro's span, so that no lint of the user's crate looks at it. Where
//!   the compiler is to point at a word of the user's, it is that word's place, resolved at the
//!   macro; see [`check`].
//! - One mistake is one error. So the type is written once, where the user has written it, and all
//!   that has to be known of it is asked of the static itself, in a function that is not called; the
//!   runtime crate's path, the alignment, the address and the buffer are written once as well.
//! - No constant is called `_`: it would count as a use of the static, and an allocator that is
//!   never used would go unreported.

use proc_macro2::{Delimiter, Group, Ident, Literal, Span, TokenStream, TokenTree};
use quote::{ToTokens, quote_spanned};
use syn::{LitStr, Path};

use crate::diagnostics::written;
use crate::model::{Checked, Item, Placement};
use crate::section;

/// The completed item.
pub(crate) fn definition(checked: &Checked) -> TokenStream {
    let Checked { item, align, placement, runtime } = checked;
    let Item { attrs, vis, keyword, name, colon, ty, semicolon } = item;
    let keyword = quote_spanned!(*keyword=> static);
    let import = import(runtime.as_ref());
    let shape = shape(item, placement);
    let align_items = align.as_ref().map(|align| align_items(align, placement));
    let place_items = place_items(placement, align.is_some(), name);
    let value = value(placement);
    quote_spanned! {Span::mixed_site()=>
        #(#attrs)*
        #vis #keyword #name #colon #ty = {
            #import
            #shape
            #align_items
            #place_items
            #value
        } #semicolon
    }
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
/// The numbers of the type, as it was written and as it was accepted.
fn shape(item: &Item, placement: &Placement) -> TokenStream {
    let site = Span::mixed_site();
    let Item { name, ty, .. } = item;
    // At the place of the type, where the compiler says that it is no `MemBlocks`.
    let (first, last) = ends(ty);
    let name = located(name, last.resolved_at(site));
    let this = quote_spanned!(first.resolved_at(site)=> || &#name);
    let written_shape = if let Placement::Buffer(path) = placement {
        // At the place of the path, where the compiler says that a buffer is of the wrong type.
        let (place, _) = ends(&path.to_token_stream());
        let buffer = quote_spanned!(place=> &#path);
        let buffer = call(ty, "user_buffer", quote_spanned!(site=> #this, #buffer));
        quote_spanned! {site=>
            const __MEM_BLOCKS_BUFFER: __mem_blocks::UserBuffer = #buffer;
            const __MEM_BLOCKS_TYPE: __mem_blocks::Shape = __MEM_BLOCKS_BUFFER.shape();
        }
    } else {
        let shape = call(ty, "shape_of", this);
        quote_spanned!(site=> const __MEM_BLOCKS_TYPE: __mem_blocks::Shape = #shape;)
    };
    let check = check(ty, "check_blocks", &quote_spanned!(site=> __MEM_BLOCKS_TYPE));
    quote_spanned! {site=>
        #written_shape
        const __MEM_BLOCKS_SHAPE: __mem_blocks::Shape = #check;
    }
}

/// The alignment, as it was written and as it was accepted.
fn align_items(align: &TokenStream, placement: &Placement) -> TokenStream {
    let site = Span::mixed_site();
    let (function, judged_by) = match placement {
        Placement::Buffer(_) => ("check_buffer_align", quote_spanned!(site=> __MEM_BLOCKS_BUFFER)),
        _ => ("check_align", quote_spanned!(site=> __MEM_BLOCKS_TYPE)),
    };
    let check = check(align, function, &quote_spanned!(site=> #judged_by, __MEM_BLOCKS_ALIGN));
    let align = without_lints(align.clone());
    quote_spanned! {site=>
        const __MEM_BLOCKS_ALIGN: ::core::primitive::usize = #align;
        const __MEM_BLOCKS_LEGAL_ALIGN: ::core::primitive::usize = #check;
    }
}

/// Where the blocks lie, and their bitmap.
fn place_items(placement: &Placement, has_align: bool, name: &Ident) -> TokenStream {
    let site = Span::mixed_site();
    let place = match placement {
        Placement::Zeroed => own_buffer(has_align, None),
        Placement::Uninit => own_buffer(has_align, Some(&section::uninit(name))),
        Placement::Section(section) => own_buffer(has_align, Some(section)),
        Placement::Buffer(_) => TokenStream::new(),
        Placement::Address(address) => address_items(has_align, address),
    };
    quote_spanned! {site=>
        #place
        static __MEM_BLOCKS_BITMAP: __mem_blocks::Bitmap<
            { __MEM_BLOCKS_SHAPE.bitmap_words() }
        > = __mem_blocks::Bitmap::new();
    }
}

/// Bytes, because the type of the blocks is not written a second time.
fn own_buffer(has_align: bool, section: Option<&LitStr>) -> TokenStream {
    let site = Span::mixed_site();
    let section = section.map(section::attribute);
    let align = align_or_default(has_align, "__MEM_BLOCKS_LEGAL_ALIGN");
    quote_spanned! {site=>
        #section
        static __MEM_BLOCKS_BUFFER: __mem_blocks::BlockBuffer<
            ::core::primitive::u8,
            { __MEM_BLOCKS_SHAPE.buffer_size() },
            { __MEM_BLOCKS_SHAPE.buffer_align(#align) },
        > = __mem_blocks::BlockBuffer::new();
    }
}

fn address_items(has_align: bool, address: &TokenStream) -> TokenStream {
    let site = Span::mixed_site();
    let align = align_or_default(has_align, "__MEM_BLOCKS_ALIGN");
    let arguments = quote_spanned!(site=> __MEM_BLOCKS_TYPE, #align, __MEM_BLOCKS_ADDRESS);
    let check = check(address, "check_address", &arguments);
    let address = without_lints(address.clone());
    quote_spanned! {site=>
        const __MEM_BLOCKS_ADDRESS: ::core::primitive::usize = #address;
        const __MEM_BLOCKS_START: *const ::core::primitive::u8 = #check;
    }
}

fn align_or_default(has_align: bool, align: &str) -> TokenStream {
    let site = Span::mixed_site();
    if has_align {
        Ident::new(align, site).into_token_stream()
    } else {
        quote_spanned!(site=> __mem_blocks::DEFAULT_ALIGN)
    }
}

/// The value of the static: the one place where an unsafe function is called.
///
/// What it demands, apart from what the checks see to: no other allocator uses the buffer or the
/// bitmap. Those that are generated can be named in the initialiser only, which is evaluated once.
/// For the user's buffer, and the memory at an address, `unsafe(..)` in the definition is the
/// user's word.
fn value(placement: &Placement) -> TokenStream {
    let site = Span::mixed_site();
    let start = match placement {
        Placement::Zeroed | Placement::Uninit | Placement::Section(_) => {
            quote_spanned!(site=> &raw const __MEM_BLOCKS_BUFFER)
        }
        Placement::Buffer(_) => quote_spanned!(site=> __MEM_BLOCKS_BUFFER.start()),
        Placement::Address(_) => quote_spanned!(site=> __MEM_BLOCKS_START),
    };
    quote_spanned! {site=>
        unsafe { __mem_blocks::allocator(__MEM_BLOCKS_SHAPE, #start, &__MEM_BLOCKS_BITMAP) }
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

fn located(name: &Ident, place: Span) -> Ident {
    let mut name = name.clone();
    name.set_span(place);
    name
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

/// The places of the first and of the last token.
fn ends(tokens: &TokenStream) -> (Span, Span) {
    let site = Span::mixed_site();
    let first = tokens.clone().into_iter().next().map_or(site, first_span);
    let last = tokens.clone().into_iter().last().map_or(site, last_span);
    (first, last)
}

fn first_span(token: TokenTree) -> Span {
    match token {
        TokenTree::Group(group) if group.delimiter() == Delimiter::None => {
            group.stream().into_iter().next().map_or_else(|| group.span(), first_span)
        }
        TokenTree::Group(group) => group.span_open(),
        token => token.span(),
    }
}

fn last_span(token: TokenTree) -> Span {
    match token {
        TokenTree::Group(group) if group.delimiter() == Delimiter::None => {
            group.stream().into_iter().last().map_or_else(|| group.span(), last_span)
        }
        TokenTree::Group(group) => group.span_close(),
        token => token.span(),
    }
}

#[cfg(test)]
mod tests {
    use proc_macro2::TokenStream;
    use quote::quote;

    use super::definition;
    use crate::parse::{self, Parsed};
    use crate::validate;

    /// Compares what is generated with what is expected, token by token.
    #[track_caller]
    fn assert_expansion(options: TokenStream, item: TokenStream, expected: &TokenStream) {
        let Parsed::Definition(parsed, mistakes) = parse::attribute(options, item) else {
            panic!("the item should be a definition");
        };
        let Ok(checked) = validate::check(*parsed, mistakes) else {
            panic!("the definition should be right");
        };
        let packed = |tokens: &TokenStream| tokens.to_string().replace(' ', "");
        assert_eq!(packed(&definition(&checked)), packed(expected));
    }

    #[test]
    fn no_option() {
        assert_expansion(
            quote!(),
            quote! {
                /// Documented.
                pub(crate) static POOL: MemBlocks<[u8; 64], 4>;
            },
            &quote! {
                /// Documented.
                pub(crate) static POOL: MemBlocks<[u8; 64], 4> = {
                    use ::mem_blocks::__private as __mem_blocks;
                    const __MEM_BLOCKS_SHAPE: __mem_blocks::Shape =
                        <MemBlocks<[u8; 64], 4> as __mem_blocks::Definition>::SHAPE;
                    const _: () = __mem_blocks::check_blocks(__MEM_BLOCKS_SHAPE);
                    static __MEM_BLOCKS_BUFFER: __mem_blocks::BlockBuffer<
                        <MemBlocks<[u8; 64], 4> as __mem_blocks::Definition>::Block,
                        { __MEM_BLOCKS_SHAPE.blocks_in_buffer() },
                        { __mem_blocks::DEFAULT_ALIGN },
                    > = __mem_blocks::BlockBuffer::new();
                    static __MEM_BLOCKS_BITMAP: __mem_blocks::Bitmap<
                        { __MEM_BLOCKS_SHAPE.bitmap_words() }
                    > = __mem_blocks::Bitmap::new();
                    unsafe {
                        __mem_blocks::Make::<
                            <MemBlocks<[u8; 64], 4> as __mem_blocks::Definition>::Block,
                            { __MEM_BLOCKS_SHAPE.num_blocks() },
                        >::in_static(&__MEM_BLOCKS_BUFFER, &__MEM_BLOCKS_BITMAP)
                    }
                };
            },
        );
    }

    #[test]
    fn align_and_crate() {
        assert_expansion(
            quote!(align = LINE * 2, crate = hal::blocks),
            quote!(
                static POOL: Pool;
            ),
            &quote! {
                static POOL: Pool = {
                    use hal::blocks::__private as __mem_blocks;
                    const __MEM_BLOCKS_SHAPE: __mem_blocks::Shape =
                        <Pool as __mem_blocks::Definition>::SHAPE;
                    const _: () = __mem_blocks::check_blocks(__MEM_BLOCKS_SHAPE);
                    const __MEM_BLOCKS_ALIGN: ::core::primitive::usize = LINE * 2;
                    const _: () = __mem_blocks::check_align(__MEM_BLOCKS_SHAPE, __MEM_BLOCKS_ALIGN);
                    static __MEM_BLOCKS_BUFFER: __mem_blocks::BlockBuffer<
                        <Pool as __mem_blocks::Definition>::Block,
                        { __MEM_BLOCKS_SHAPE.blocks_in_buffer() },
                        { __mem_blocks::effective_align(__MEM_BLOCKS_ALIGN) },
                    > = __mem_blocks::BlockBuffer::new();
                    static __MEM_BLOCKS_BITMAP: __mem_blocks::Bitmap<
                        { __MEM_BLOCKS_SHAPE.bitmap_words() }
                    > = __mem_blocks::Bitmap::new();
                    unsafe {
                        __mem_blocks::Make::<
                            <Pool as __mem_blocks::Definition>::Block,
                            { __MEM_BLOCKS_SHAPE.num_blocks() },
                        >::in_static(&__MEM_BLOCKS_BUFFER, &__MEM_BLOCKS_BITMAP)
                    }
                };
            },
        );
    }

    /// The buffer of an allocator with a section, and nothing else of it.
    fn in_section(section: &str) -> TokenStream {
        quote! {
            static POOL: Pool = {
                use ::mem_blocks::__private as __mem_blocks;
                const __MEM_BLOCKS_SHAPE: __mem_blocks::Shape =
                    <Pool as __mem_blocks::Definition>::SHAPE;
                const _: () = __mem_blocks::check_blocks(__MEM_BLOCKS_SHAPE);
                #[cfg_attr(
                    all(target_os = "none", not(target_family = "wasm")),
                    unsafe(link_section = #section)
                )]
                static __MEM_BLOCKS_BUFFER: __mem_blocks::BlockBuffer<
                    <Pool as __mem_blocks::Definition>::Block,
                    { __MEM_BLOCKS_SHAPE.blocks_in_buffer() },
                    { __mem_blocks::DEFAULT_ALIGN },
                > = __mem_blocks::BlockBuffer::new();
                static __MEM_BLOCKS_BITMAP: __mem_blocks::Bitmap<
                    { __MEM_BLOCKS_SHAPE.bitmap_words() }
                > = __mem_blocks::Bitmap::new();
                unsafe {
                    __mem_blocks::Make::<
                        <Pool as __mem_blocks::Definition>::Block,
                        { __MEM_BLOCKS_SHAPE.num_blocks() },
                    >::in_static(&__MEM_BLOCKS_BUFFER, &__MEM_BLOCKS_BITMAP)
                }
            };
        }
    }

    #[test]
    fn section() {
        assert_expansion(
            quote!(unsafe(section = ".sram2")),
            quote!(
                static POOL: Pool;
            ),
            &in_section(".sram2"),
        );
    }

    #[test]
    fn uninit() {
        assert_expansion(
            quote!(uninit),
            quote!(
                static POOL: Pool;
            ),
            &in_section(".uninit.POOL"),
        );
    }

    #[test]
    fn buffer_and_align() {
        assert_expansion(
            quote!(unsafe(buffer = memory::BUFFER), align = 32),
            quote!(
                static POOL: Pool;
            ),
            &quote! {
                static POOL: Pool = {
                    use ::mem_blocks::__private as __mem_blocks;
                    const __MEM_BLOCKS_SHAPE: __mem_blocks::Shape =
                        <Pool as __mem_blocks::Definition>::SHAPE;
                    const _: () = __mem_blocks::check_blocks(__MEM_BLOCKS_SHAPE);
                    const __MEM_BLOCKS_ALIGN: ::core::primitive::usize = 32;
                    const _: () = __mem_blocks::check_align(__MEM_BLOCKS_SHAPE, __MEM_BLOCKS_ALIGN);
                    static __MEM_BLOCKS_BITMAP: __mem_blocks::Bitmap<
                        { __MEM_BLOCKS_SHAPE.bitmap_words() }
                    > = __mem_blocks::Bitmap::new();
                    let __mem_blocks_buffer = __mem_blocks::check_buffer_align(
                        __mem_blocks::Make::<
                            <Pool as __mem_blocks::Definition>::Block,
                            { __MEM_BLOCKS_SHAPE.num_blocks() },
                        >::buffer(&memory::BUFFER),
                        __MEM_BLOCKS_ALIGN
                    );
                    unsafe {
                        __mem_blocks::Make::<
                            <Pool as __mem_blocks::Definition>::Block,
                            { __MEM_BLOCKS_SHAPE.num_blocks() },
                        >::in_static(__mem_blocks_buffer, &__MEM_BLOCKS_BITMAP)
                    }
                };
            },
        );
    }

    #[test]
    fn address() {
        assert_expansion(
            quote!(unsafe(address = BASE + 4)),
            quote!(
                static POOL: Pool;
            ),
            &quote! {
                static POOL: Pool = {
                    use ::mem_blocks::__private as __mem_blocks;
                    const __MEM_BLOCKS_SHAPE: __mem_blocks::Shape =
                        <Pool as __mem_blocks::Definition>::SHAPE;
                    const _: () = __mem_blocks::check_blocks(__MEM_BLOCKS_SHAPE);
                    const __MEM_BLOCKS_ADDRESS: ::core::primitive::usize = BASE + 4;
                    const _: () =
                        __mem_blocks::check_address(
                            __MEM_BLOCKS_SHAPE,
                            __MEM_BLOCKS_ADDRESS,
                            __mem_blocks::DEFAULT_ALIGN
                        );
                    static __MEM_BLOCKS_BITMAP: __mem_blocks::Bitmap<
                        { __MEM_BLOCKS_SHAPE.bitmap_words() }
                    > = __mem_blocks::Bitmap::new();
                    unsafe {
                        __mem_blocks::Make::<
                            <Pool as __mem_blocks::Definition>::Block,
                            { __MEM_BLOCKS_SHAPE.num_blocks() },
                        >::at_address(__MEM_BLOCKS_ADDRESS, &__MEM_BLOCKS_BITMAP)
                    }
                };
            },
        );
    }
}
