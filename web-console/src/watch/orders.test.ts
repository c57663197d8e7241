import { describe, expect, it } from 'vitest';
import { sayWatch } from '../i18n/watch';
import type { QueueHealth } from '../protocol/desk';
import { type Asked, orderOf } from './orders';

const say = sayWatch('zh-CN');
const health = {
  lines: [
    {
      line: '12355',
      name: '青少年服务台',
      name_en: '',
      waiting_by_risk: [1, 0, 0, 1, 0],
      offered: 1,
      talking: 2,
    },
  ],
  waiting: [{ line: '12355', risk: 'high' }],
  counselors: [
    {
      counselor_id: 'k1',
      alias: '小禾',
      talks: 2,
      wrap_ups: 1,
      ringing: true,
      contacts: ['蓝鲸-1', '白鹭-2'],
    },
  ],
  talks: [{ contact_id: 'c1', alias: '蓝鲸-1', counselor: '小禾', risk: 'imminent' }],
} as unknown as QueueHealth;
const pointsOf = (asked: Asked) => orderOf(say, asked, health)?.points.join('');

describe('an order', () => {
  it('to take a line out of order counts who would be sent away, and who of them is in danger', () => {
    const points = pointsOf({ is: 'outage', line: '12355', on: true });
    expect(points).toContain('正在等的 3 位会立刻结束等待');
    expect(points).toContain('其中 1 位有危险');
  });

  it('to log a counselor out names their contacts and what becomes of them', () => {
    const points = pointsOf({ is: 'log_out', counselor_id: 'k1' });
    for (const part of ['蓝鲸-1、白鹭-2', '回到队列最前', '1 份记录', '正在响铃'])
      expect(points).toContain(part);
  });

  it('to end a talk with somebody in danger says so', () => {
    expect(pointsOf({ is: 'close', contact_id: 'c1' })).toContain('危急');
  });

  it.each<Asked>([
    { is: 'outage', line: '0', on: true },
    { is: 'switchboard', line: '0', on: true },
    { is: 'log_out', counselor_id: '0' },
    { is: 'close', contact_id: '0' },
  ])('about what is gone is no order any more (%j)', (asked) => {
    expect(orderOf(say, asked, health)).toBeNull();
  });
});
