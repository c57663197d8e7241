import { describe, expect, it } from 'vitest';
import { Problem } from '../wire/rest';
import { type Fault, Faults, faultAt } from './office-fault';
import { Form } from './office-form';

interface Draft {
  name: string;
  saved_at?: string;
}
function check(draft: Draft): Fault[] {
  const faults = new Faults();
  faults.name('name', draft.name, 4);
  return faults.list;
}
/** A form whose server gives these answers in turn; a `Problem` is thrown. */
function aForm(...answers: unknown[]) {
  const sent: Draft[] = [];
  const save = async (draft: Draft) => {
    sent.push(draft);
    const answer = answers.shift();
    if (answer instanceof Error) throw answer;
    return answer as Draft;
  };
  return { sent, form: new Form<Draft, Draft>({ check, save }) };
}
const complaint = (faults: Fault[]) => new Problem('bad_form', 422, null, { faults });

describe('a form', () => {
  it('does not complain before the first try', () => {
    expect(aForm().form.faults({ name: '' })).toEqual([]);
  });

  it('sends no nonsense, and says at once when it is put right', async () => {
    const { form, sent } = aForm();
    expect(await form.save({ name: '' })).toBeNull();
    expect(sent).toEqual([]);
    expect(form.faults({ name: '' })).toMatchObject([{ field: 'name', code: 'required' }]);
    expect(form.faults({ name: '小满' })).toEqual([]);
  });

  it('is saved, until it is changed again', async () => {
    const { form } = aForm({ name: '小满' });
    expect(await form.save({ name: '小满' })).toEqual({ name: '小满' });
    expect(form.state).toMatchObject({ isSaved: true, isBusy: false });
    form.touch();
    expect(form.state.isSaved).toBe(false);
  });

  it('shows the server’s faults at their fields until those change', async () => {
    const theirs = { field: 'name', code: 'taken', message: 'taken', message_zh: '已有' };
    const { form } = aForm(complaint([theirs]));
    await form.save({ name: '小满' });
    expect(faultAt(form.faults({ name: '小满' }), 'name')).toMatchObject(theirs);
    expect(form.faults({ name: '谷雨' })).toEqual([]);
  });

  it('places the server’s hours at the week', async () => {
    const theirs = { field: 'hours.2.to_minute', code: 'out_of_range' };
    const { form } = aForm(complaint([theirs]));
    await form.save({ name: '小满' });
    expect(form.faults({ name: '小满' })).toMatchObject([{ field: 'week' }]);
  });

  it('shows both editions when somebody was faster', async () => {
    const current = { name: '白露', saved_at: 'later' };
    const { form } = aForm(new Problem('changed_meanwhile', 409, null, { current }));
    await form.save({ name: '小满' });
    expect(form.state.conflict).toEqual({ current });
    form.settle();
    expect(form.state.conflict).toBeNull();
  });

  it('says by code why it could not be saved, and may be saved again', async () => {
    const { form } = aForm(new Problem('network', 0), { name: '小满' });
    await form.save({ name: '小满' });
    expect(form.state.trouble).toBe('network');
    await form.save({ name: '小满' });
    expect(form.state).toMatchObject({ trouble: null, isSaved: true });
  });

  it('is sent once, however often the button is pressed', async () => {
    const { form, sent } = aForm({ name: '小满' });
    const answers = await Promise.all([form.save({ name: '小满' }), form.save({ name: '小满' })]);
    expect(sent).toHaveLength(1);
    expect(answers[1]).toBeNull();
  });
});
