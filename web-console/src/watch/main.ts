/** The supervisor's board: `/watch`. */
import { mount } from 'svelte';
import Watch from './Watch.svelte';

const target = document.getElementById('app');
if (target) mount(Watch, { target });
