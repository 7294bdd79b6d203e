// The seven calls of tests/interop/test_clients.py by Segment's own client for Node.
import { Analytics } from '@segment/analytics-node';

const [writeKey, host] = process.argv.slice(2);
const analytics = new Analytics({ writeKey, host, maxEventsInBatch: 20, flushInterval: 50 });
const failures = [];
analytics.on('error', (error) => failures.push(error));

const userId = 'u-1';
analytics.identify({
  userId,
  traits: { firstName: 'Ada', email: 'Ada@Example.com', address: { city: 'Milano' } },
  messageId: '1',
});
analytics.track({
  userId,
  event: 'Order Completed',
  properties: {
    order_id: 'o-1',
    revenue: 99.9,
    currency: 'EUR',
    products: [{ product_id: 'p-1', name: 'Camicia', price: 99.9, quantity: 1 }],
  },
  messageId: '2',
});
analytics.track({ userId, event: 'Città visitata', properties: { città: 'Forlì' }, messageId: '3' });
analytics.page({
  userId,
  category: 'Shop',
  name: 'Home',
  properties: { url: 'https://shop.example.com/', path: '/' },
  messageId: '4',
});
analytics.screen({ userId, name: 'Cart', messageId: '5' });
analytics.group({ userId, groupId: 'g-1', traits: { plan: 'gold' }, messageId: '6' });
analytics.alias({ previousId: 'a-1', userId, messageId: '7' });

await analytics.closeAndFlush({ timeout: 20000 });
if (failures.length > 0) {
  console.error(failures);
  process.exit(1);
}
