/** The counselor's console: `/desk`. */
import { mount } from 'svelte';
import Desk from './Desk.svelte';

const target = document.getElementById('app');
if (target) mount(Desk, { target });
