/** What was just done, and perhaps how to take it back. */
export interface Done {
  text: string;
  undo?: { label: string; act: () => void };
}
