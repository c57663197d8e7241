document.title = '心桥';
