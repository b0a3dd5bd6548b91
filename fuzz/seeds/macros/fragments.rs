#[fragment!(meta: mem_blocks(align = 4))]
fragment!(vis: pub(crate)) static PARTS: MemBlocks<fragment!(ty: [u8; 64]), { fragment!(expr: 2 + 2) }>;
#[mem_blocks(align = fragment!(expr: 16 * 2), unsafe(section = fragment!(literal: ".a")))]
fragment!(vis: ) static TYPE: fragment!(ty: MemBlocks<[u8; 64], 4>);
fragment!(item: #[mem_blocks(uninit)] static ITEM: MemBlocks<u8, 4>;)
