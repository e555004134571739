/** What whoever sent the file should know about its rendition, although it went well. */
export type MediaWarning =
  /** The source ended early; what was there was used. */
  | { readonly code: 'truncated' }
  /** The source holds codes that do not exist; parts of the picture may be wrong. */
  | { readonly code: 'damaged' }
  /** Transparency was laid on white. */
  | { readonly code: 'transparency_flattened' }
  /** Only the first frame of an animation was kept. */
  | { readonly code: 'animation_dropped' }
  /** An animation has more frames than are worked on; those at its end were left out. */
  | { readonly code: 'animation_shortened' }
  /** Only the first page was kept. */
  | { readonly code: 'pages_dropped' }
  /** A colour profile that cannot be applied was ignored, so colours may differ a little. */
  | { readonly code: 'profile_ignored' }
  /** A picture inside a contact was left out, for the reason given. */
  | { readonly code: 'photo_dropped'; readonly reason: string }
  /** Bytes that are no text in UTF-8 were replaced, or control characters taken out. */
  | { readonly code: 'text_repaired' }
