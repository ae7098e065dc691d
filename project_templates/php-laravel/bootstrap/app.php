<?php

use App\Http\Middleware\TajukKeamanan;
use Illuminate\Foundation\Application;
use Illuminate\Foundation\Configuration\Exceptions;
use Illuminate\Foundation\Configuration\Middleware;

return Application::configure(basePath: dirname(__DIR__))
    ->withRouting(web: __DIR__.'/../routes/web.php', health: '/sehat')
    ->withMiddleware(function (Middleware $middleware): void {
        $middleware->append(TajukKeamanan::class);
    })
    ->withExceptions(function (Exceptions $exceptions): void {
        // Penanganan galat bawaan sudah menyembunyikan rincian bila APP_DEBUG=false.
    })
    ->create();
