/** The one shelf of canned replies of this page. */
import { Shelf } from '../model/canned';
import { restAt } from '../wire/rest';

export const shelf = new Shelf(restAt(location.origin, 'console'), () => Date.now());
