/** One form of the office: judged, saved, refused, or overtaken by somebody else. */
import { Problem } from '../wire/rest';
import { type Fault, faultsOf, valueAt } from './office-fault';

export interface FormState<Stored> {
  isBusy: boolean;
  /** A save was tried: from then on faults are shown as one types. */
  isTried: boolean;
  /** Saved since the draft last changed. */
  isSaved: boolean;
  /** Why it was not saved, by code, when no field is to blame. */
  trouble: string | null;
  /** Somebody else saved meanwhile: what is stored now (`null`: it is gone). */
  conflict: { current: Stored | null } | null;
}

export interface FormWorks<Stored, Draft> {
  check(draft: Draft): Fault[];
  save(draft: Draft): Promise<Stored>;
}

const IDLE = { isBusy: false, isTried: false, isSaved: false, trouble: null, conflict: null };

export class Form<Stored, Draft> {
  state: FormState<Stored> = IDLE;
  /** What the server complained of, and the draft it saw. */
  private refused: { faults: Fault[]; draft: Draft } | null = null;
  private readonly watchers = new Set<(state: FormState<Stored>) => void>();

  constructor(private readonly works: FormWorks<Stored, Draft>) {}

  watch(watcher: (state: FormState<Stored>) => void): () => void {
    this.watchers.add(watcher);
    watcher(this.state);
    return () => this.watchers.delete(watcher);
  }

  /** What is wrong with this draft now; nothing before the first try. */
  faults(draft: Draft): Fault[] {
    if (!this.state.isTried) return [];
    const own = this.works.check(draft);
    const theirs = this.refused?.faults.filter((fault) => this.isUntouched(fault, draft)) ?? [];
    return [...own, ...theirs.filter((fault) => own.every((one) => one.field !== fault.field))];
  }

  /** Saves it; the answer is what is stored then, or `null` when it was not taken. */
  async save(draft: Draft): Promise<Stored | null> {
    if (this.state.isBusy) return null;
    this.refused = null;
    if (this.works.check(draft).length > 0) {
      this.become({ ...IDLE, isTried: true });
      return null;
    }
    this.become({ ...IDLE, isTried: true, isBusy: true });
    try {
      const stored = await this.works.save(draft);
      this.become({ ...IDLE, isSaved: true });
      return stored;
    } catch (error) {
      this.refuse(error instanceof Problem ? error : new Problem('unknown', 0), draft);
      return null;
    }
  }

  /** The draft changed after it was saved. */
  touch(): void {
    if (this.state.isSaved) this.become({ ...this.state, isSaved: false });
  }

  /** The two editions have been looked at. */
  settle(): void {
    this.become({ ...this.state, conflict: null });
  }

  private refuse(problem: Problem, draft: Draft): void {
    const state = { ...IDLE, isTried: true };
    if (problem.code === 'changed_meanwhile') {
      const current = (problem.body['current'] ?? null) as Stored | null;
      return this.become({ ...state, conflict: { current } });
    }
    const faults = faultsOf(problem);
    this.refused = { faults, draft: structuredClone(draft) };
    this.become({ ...state, trouble: faults.length > 0 ? null : problem.code });
  }

  private isUntouched(fault: Fault, draft: Draft): boolean {
    const [before, now] = [this.refused?.draft, draft].map((one) =>
      JSON.stringify(valueAt(one, fault.field)),
    );
    return before === now;
  }

  private become(state: FormState<Stored>): void {
    this.state = state;
    for (const watcher of this.watchers) watcher(state);
  }
}

/** Whether two drafts say the same. */
export const isSame = (one: unknown, other: unknown): boolean =>
  JSON.stringify(one) === JSON.stringify(other);
