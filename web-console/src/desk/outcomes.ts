/** What a contact can have come to, in the order of their keys Alt+1 … Alt+7. */
export const OUTCOMES = [
  { code: 'helped', isAtOnce: false },
  { code: 'referred', isAtOnce: false },
  { code: 'other', isAtOnce: false },
  { code: 'silent', isAtOnce: true },
  { code: 'abusive', isAtOnce: true },
  { code: 'prank', isAtOnce: true },
  { code: 'wrong_number', isAtOnce: true },
] as const;
